// What every page has: the person's name in the masthead, the theme button, menus that close.
// Everything here works without it too; the name is then left out.

const root = document.documentElement;

const cookie = (name) => {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
};

const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};

const person = cookie("weekline_who");
for (const place of document.querySelectorAll("[data-who]")) {
  if (person) place.textContent = `${person} · `;
}

const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

for (const button of document.querySelectorAll("button.theme")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    keep("weekline_theme", theme);
  });
}

const menus = [...document.querySelectorAll("details.menu")];

for (const menu of menus) {
  menu.addEventListener("toggle", async () => {
    const sheet = menu.querySelector("[data-load]");
    if (!menu.open || !sheet) return;
    const address = sheet.dataset.load;
    delete sheet.dataset.load;
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) sheet.innerHTML = await answer.text();
    else sheet.dataset.load = address;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

// Who signs out leaves nothing of theirs behind in this browser, and their other open pages stop.
document.addEventListener("submit", async (event) => {
  if (event.target.getAttribute("action") !== "/sign-out" || event.defaultPrevented) return;
  event.preventDefault();
  const { beforeSignOut } = await import("./writing/session.js");
  await Promise.race([beforeSignOut().catch(() => {}), new Promise((late) => setTimeout(late, 3000))]);
  event.target.submit();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const menu of menus) menu.open = false;
    print();
  });
}
