// One save sent once, and what came of it. Only an answer that names the very save counts as saved.

const PATIENCE = 15000;
/** Browsers let pages that are left send 64 kB in all; small saves go that way always, so that none is cut off. */
const LAST_WORDS = 60000;
const SMALL = 8000;

/**
 * `{kind: "saved", answer}`, or what else came of it: `again` (with `why` and `after`, in milliseconds),
 * `signed-out`, `clash`, `superseded`, `gone`, `refused`. After `again` nobody knows whether the server has it,
 * so that the same save must be sent again before a newer one.
 */
export async function send(save, { leaving = false } = {}) {
  let answer, text;
  try {
    answer = await fetch(save.address, {
      method: "POST",
      body: save.body,
      headers: save.headers,
      redirect: "manual",
      keepalive: new Blob([save.body]).size < (leaving ? LAST_WORDS : SMALL),
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await answer.text();
  } catch {
    return { kind: "again", why: "network" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "signed-out" };
  return save.isForm ? ofForm(answer, text) : ofChange(answer, text, save);
}

function ofChange(answer, text, save) {
  const told = parsed(text);
  if (answer.ok) {
    return told?.sequence === save.sequence ? { kind: "saved", answer: told } : { kind: "again", why: "odd" };
  }
  const detail = told?.detail ?? "";
  if (answer.status === 409 && told?.key === "save.superseded") return { kind: "superseded" };
  if (answer.status === 409 && told?.key === "item.changed") return { kind: "clash", problem: told };
  const { key = "", item = null } = told ?? {};
  if (key === "item.gone") return { kind: "gone", status: answer.status, detail, key, item };
  return unhappy(answer, { detail, key });
}

function ofForm(answer, html) {
  const put = {
    html,
    target: answer.headers.get("HX-Retarget"),
    address: answer.headers.get("HX-Redirect"),
    saved: clockOf(answer),
  };
  if (answer.ok) {
    return /^\s*<!doctype/i.test(html) ? { kind: "again", why: "odd" } : { kind: "saved", answer: put };
  }
  if (answer.status === 409 && put.target?.startsWith("#state-")) return { kind: "clash", problem: put };
  return unhappy(answer, { detail: wordsOf(html), key: "" });
}

/** When it was answered, by the team's clock. */
function clockOf(answer) {
  const at = new Date(answer.headers.get("Date") ?? Date.now());
  const { timeZone } = document.getElementById("main").dataset;
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
}

function unhappy(answer, told) {
  const { status } = answer;
  if (status === 404 || status === 410) return { kind: "gone", status, ...told };
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    const seconds = Number(answer.headers.get("Retry-After"));
    return { kind: "again", why: status === 507 ? "full" : "server", after: seconds ? seconds * 1000 : 0, ...told };
  }
  return { kind: "refused", status, ...told };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function wordsOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
}
