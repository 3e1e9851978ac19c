// What was copied elsewhere as Markdown: pages of Notion, Feishu, Word and Google Docs come as HTML, each
// with lists of its own making. Nothing here touches the page; the HTML is parsed where no script runs.

const HEADING = /^H([1-6])$/;
const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM HEADER MAIN NAV SECTION SUMMARY P".split(" "),
);
const LEFT_OUT = new Set("HEAD LINK META NOSCRIPT SCRIPT STYLE TEMPLATE TITLE BUTTON SELECT SVG O:P".split(" "));
const BRACKETED = /^(?:\*\*)?(【[^【】]{1,40}】)(?:\*\*)?$/;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/;
const MARK = /^([ \t\u00a0]*)(?:([-*+•●▪◦‣·])(?:[ \t]+|(?=\u3000)|$)|(\d{1,3})(?:[.)．）](?:[ \t]+|(?=[\u2e80-\u9fff【]))|、[ \t]*))(.*)$/;
const HASHES = /^\s{0,3}#{1,6}(?:\s+\S|【)/;
const WEEK_TITLE = /^\W*(?:第\s*\d{1,2}\s*周|week\s+\d{1,2}\b|\d{4}-W\d{2})/i;
const MOST = 4_000_000;

/** The Markdown of what is on the clipboard, and whether it is a page rather than a list or a sentence. */
export function fromClipboard(clipboard) {
  const plain = straight(clipboard.getData("text/plain"));
  const html = clipboard.getData("text/html");
  const markdown = html && html.length < MOST && !isSource(html, plain) ? fromHtml(html) || plain : plain;
  return { markdown, looksLikePage: looksLikePage(markdown) };
}

/** The Markdown of an HTML page or fragment. */
export function fromHtml(html) {
  const body = new DOMParser().parseFromString(inert(html), "text/html").body;
  const writer = new Blocks();
  readBlocks(body, writer, { depth: 0 });
  return writer.markdown();
}

/** Styles are only read here: under another name the page's policy has nothing to refuse. */
function inert(html) {
  return html
    .replaceAll(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replaceAll(/<[a-z][^<>]*>/gi, (tag) => tag.replaceAll(/(\s|["'])(style|on\w+)\s*=/gi, "$1 data-$2="));
}

/** The items of a list as a tree; lines without a mark become items too, indented ones go on with the item above. */
export function itemsFrom(markdown) {
  const roots = [];
  const open = [];
  let blank = true;
  for (const line of straight(markdown).split("\n")) {
    if (!line.trim()) {
      blank = true;
      continue;
    }
    const found = MARK.exec(line);
    const column = columnOf(line);
    if (!found && open.length && column > open.at(-1).column) {
      const above = open.findLast((one) => column > one.column);
      above.item.text += `${blank ? "\n\n" : "\n"}${line.trim()}`;
      blank = false;
      continue;
    }
    blank = false;
    const item = {
      text: (found ? found[4] : line.replace(/^\s*#{1,6}\s*/, "")).trim(),
      ordered: Boolean(found?.[3]),
      items: [],
    };
    while (open.length && column < open.at(-1).column + 2) open.pop();
    (open.length ? open.at(-1).item.items : roots).push(item);
    open.push({ item, column });
  }
  return roots;
}

/** Whether the text has headings of its own, or begins as a weekly report does. */
export function looksLikePage(markdown) {
  const lines = markdown.split("\n").filter((line) => line.trim());
  const headings = lines.filter((line) => HASHES.test(line) || BRACKETED.test(line.trim())).length;
  return headings > 1 || (lines.length > 3 && (headings > 0 || WEEK_TITLE.test(lines[0])));
}

/** The blocks of a page while they are read, and the list they are in. */
class Blocks {
  #lines = [];
  #last = null;
  #numbers = [];

  heading(level, text) {
    if (text) this.#add("heading", `${"#".repeat(level)} ${text.replaceAll("\n", " ")}`);
  }

  paragraph(text, depth) {
    const alone = depth ? null : BRACKETED.exec(text);
    if (alone) this.heading(2, alone[1]);
    else if (text) this.#add("paragraph", indented(text, depth));
  }

  item(text, depth, ordered, number) {
    this.#numbers.length = depth + 1;
    const before = this.#numbers[depth];
    const next = ordered ? (number ?? (before ?? 0) + 1) : undefined;
    this.#numbers[depth] = next;
    const [first, ...rest] = text.split("\n");
    const mark = ordered ? `${next}.` : "-";
    const lines = [`${" ".repeat(4 * depth)}${mark} ${first}`.trimEnd(), ...rest.map((line) => indented(line, depth + 1))];
    this.#add("item", lines.join("\n"));
  }

  kept(text, depth) {
    if (text.trim()) this.#add("kept", indented(text, depth));
  }

  /** A list ends: the next one counts anew. */
  ends(depth) {
    this.#numbers.length = depth;
  }

  markdown() {
    return this.#lines.length ? `${this.#lines.join("\n")}\n` : "";
  }

  #add(kind, text) {
    if (this.#last && !(kind === "item" && this.#last === "item")) this.#lines.push("");
    if (kind !== "item" && kind !== "paragraph") this.#numbers = [];
    this.#lines.push(text);
    this.#last = kind;
  }
}

/** Reads what stands in an element; runs of inline nodes become paragraphs (or the text of an item). */
function readBlocks(parent, blocks, place) {
  let run = [];
  const flush = () => {
    const text = inline(run);
    run = [];
    if (text) place.say ? place.say(text) : blocks.paragraph(text, place.depth);
  };
  for (const node of parent.childNodes) {
    if (node.nodeType === Node.TEXT_NODE || (node.nodeType === Node.ELEMENT_NODE && !isBlock(node))) {
      run.push(node);
      continue;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.tagName)) continue;
    flush();
    readBlock(node, blocks, place);
  }
  flush();
}

function readBlock(node, blocks, place) {
  const heading = HEADING.exec(node.tagName) ?? (node.getAttribute("role") === "heading" && [0, node.getAttribute("aria-level") ?? 2]);
  if (heading && !place.say) blocks.heading(Number(heading[1]), plainHeading(node));
  else if (node.tagName === "UL" || node.tagName === "OL") readList(node, blocks, place);
  else if (node.tagName === "LI") readItem(node, blocks, place, false);
  else if (node.tagName === "TABLE") readTable(node, blocks, place.depth);
  else if (node.tagName === "PRE") blocks.kept(`\`\`\`\n${node.textContent.replace(/\n$/, "")}\n\`\`\``, place.depth);
  else if (node.tagName === "HR") blocks.paragraph("---", place.depth);
  else if (isWordItem(node)) readWordItem(node, blocks);
  else readBlocks(node, blocks, place);
}

function readList(list, blocks, place) {
  const ordered = list.tagName === "OL";
  const level = levelOf(list);
  const depth = level === null ? place.depth : Math.max(place.base ?? 0, level - 1 + (place.base ?? 0));
  let number = ordered ? Number(list.getAttribute("start") ?? Number.NaN) : Number.NaN;
  for (const child of list.children) {
    if (child.tagName === "LI") {
      const own = levelOf(child);
      readItem(child, blocks, { depth: own === null || level !== null ? depth : Math.max(own - 1, 0) }, ordered, number);
      number = Number.NaN;
    } else if (child.tagName === "UL" || child.tagName === "OL") {
      readList(child, blocks, { depth: depth + 1 }); // Google Docs: a list directly in a list
    } else readBlocks(child, blocks, { depth });
  }
  if (level === null && !place.inItem) blocks.ends(depth);
}

/** An item: its first run of text is its own, what comes after stands below it. */
function readItem(item, blocks, place, ordered, number = Number.NaN) {
  const { depth } = place;
  const inOrder = item.dataset.list ? item.dataset.list !== "bullet" && /number|ordered/.test(item.dataset.list) : ordered;
  let said = false;
  const tick = tickOf(item);
  const say = (text) => {
    if (said) blocks.paragraph(text, depth + 1);
    else blocks.item(`${tick}${text}`, depth, inOrder, Number.isNaN(number) ? undefined : number);
    said = true;
  };
  const below = { depth: depth + 1, base: depth + 1, inItem: true, say };
  const first = item.firstElementChild;
  if (!inline([...item.childNodes].filter((node) => node.nodeType !== Node.ELEMENT_NODE || !isBlock(node))) && first && /^(UL|OL)$/.test(first.tagName)) {
    say("");
  }
  readBlocks(item, blocks, below);
  if (!said) say("");
}

/** Word writes lists as paragraphs, with the mark in the text and the level in the style. */
function isWordItem(node) {
  return node.tagName === "P" && /mso-list:\s*l\d/i.test(node.getAttribute("data-style") ?? "");
}

function readWordItem(node, blocks) {
  const depth = Number(/level(\d)/i.exec(node.getAttribute("data-style"))?.[1] ?? 1) - 1;
  const marks = [...node.querySelectorAll("span")].filter((span) => /mso-list:\s*ignore/i.test(span.getAttribute("data-style") ?? ""));
  const mark = marks.map((span) => span.textContent).join("").replaceAll(/[\s\u00a0]/g, "");
  for (const span of marks) span.remove();
  const ordered = /^[(（]?[0-9a-z一二三四五六七八九十]{1,4}[.)．）、]$/i.test(mark);
  blocks.item(inline([...node.childNodes]), depth, ordered);
}

function readTable(table, blocks, depth) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => inline([...cell.childNodes], true).replaceAll("|", "\\|") || " "));
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (!width) return;
  const line = (cells) => `| ${[...cells, ...Array(width - cells.length).fill(" ")].join(" | ")} |`;
  blocks.kept([line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n"), depth);
}

/** Inline nodes as Markdown: emphasis, code, links and line breaks, white space as a browser shows it. */
function inline(nodes, inCell = false) {
  const text = nodes.map((node) => inlineNode(node, {}, inCell)).join("");
  return text
    .split("\n")
    .map((line) => line.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
    .join(inCell ? " " : "\n")
    .replaceAll(/\n{2,}/g, "\n")
    .replaceAll(/^\n+|\n+$/g, "")
    .replaceAll("****", "");
}

function inlineNode(node, inside, inCell) {
  if (node.nodeType === Node.TEXT_NODE) return collapsed(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.tagName)) return "";
  const name = node.tagName;
  if (name === "BR") return "\n";
  if (name === "IMG") return imageText(node);
  if (name === "INPUT") return "";
  const style = node.getAttribute("data-style") ?? "";
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1];
  const bold = weight ? weight === "bold" || Number(weight) >= 600 : name === "B" || name === "STRONG";
  const struck = name === "S" || name === "DEL" || name === "STRIKE" || /text-decoration[^;]*line-through/i.test(style);
  const next = { ...inside, bold: inside.bold || bold, struck: inside.struck || struck };
  const below = [...node.childNodes].map((child) => inlineNode(child, next, inCell)).join("");
  const between = inCell && isBlock(node) && node.nextSibling ? `${below} ` : below;
  if (name === "A") return linkText(between, node.getAttribute("href") ?? "");
  if (name === "CODE" && !/[`\n]/.test(between) && between.trim()) return `\`${between}\``;
  if (name === "SUP" || name === "SUB" || !between.trim()) return between;
  let marked = between;
  if (struck && !inside.struck) marked = around(marked, "~~");
  if (bold && !inside.bold) marked = around(marked, "**");
  return marked;
}

/** The mark around the words, not around the white space beside them; line by line. */
function around(text, mark) {
  return text.replaceAll(/[^\n]+/g, (line) => {
    const words = line.trim();
    if (!words || words.startsWith(mark)) return line;
    return line.replace(words, () => `${mark}${words}${mark}`);
  });
}

function linkText(text, href) {
  const words = text.trim();
  if (!/^(https?:|mailto:)/i.test(href) || !words) return text;
  if (words === href || words === decodeURIComponentSafely(href)) return text.replace(words, () => href);
  return text.replace(words, () => `[${words}](${href.replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29")})`);
}

function imageText(image) {
  const src = image.getAttribute("src") ?? "";
  const alt = image.getAttribute("alt") ?? "";
  return /^https?:/i.test(src) ? `![${alt}](${src})` : alt;
}

/** White space as one space; a line end between Chinese characters, where Word breaks its lines, as none. */
function collapsed(text) {
  return text
    .replaceAll(/[\u200b\u200c\u200d\u2060\ufeff]/g, "")
    .replaceAll(/[ \t]*\r?\n[ \t]*/g, (found, at, whole) => {
      const before = whole[at - 1] ?? "";
      const after = whole[at + found.length] ?? "";
      return CJK.test(before) && CJK.test(after) ? "" : " ";
    })
    .replaceAll(/[ \t\r\f]+/g, " ");
}

function plainHeading(node) {
  const text = inline([...node.childNodes]).replaceAll("\n", " ");
  return text.replace(/^\*\*(.*)\*\*$/, "$1").trim();
}

function isBlock(node) {
  if (/^(H[1-6]|UL|OL|LI|TABLE|PRE|HR)$/.test(node.tagName) || BLOCKS.has(node.tagName)) return true;
  // A span or the <b> around all of Google's, with blocks in it.
  return node.querySelector("h1,h2,h3,h4,h5,h6,ul,ol,li,table,pre,p,div") !== null;
}

/** Feishu numbers a list's level in its class (`list-bullet2`), Google in `aria-level`. */
function levelOf(node) {
  const level = /\blist-(?:bullet|number|ordered|check)(\d)\b/.exec(node.className)?.[1] ?? node.getAttribute("aria-level");
  return level ? Number(level) : null;
}

/** What a to-do list says before its text. */
function tickOf(item) {
  const box = item.querySelector(":scope > input[type=checkbox], :scope > label > input[type=checkbox], :scope > .checkbox");
  if (!box) return "";
  return box.checked || box.hasAttribute("checked") || box.classList.contains("checkbox-on") ? "[x] " : "[ ] ";
}

/** HTML that only colours source text: the text itself is the Markdown then. */
function isSource(html, plain) {
  if (!plain) return false;
  const structured = /<(?:h[1-6]|li|table|ul|ol)\b|mso-list/i.test(html);
  return !structured && plain.split("\n").some((line) => HASHES.test(line) || MARK.test(line) || line.trim()) && !/<p\b/i.test(html);
}

function indented(text, depth) {
  const before = " ".repeat(4 * depth);
  return text.split("\n").map((line) => (line ? before + line : line)).join("\n");
}

function columnOf(line) {
  let column = 0;
  for (const character of line) {
    if (character === "\t") column += 4 - (column % 4);
    else if (character === " " || character === "\u00a0") column += 1;
    else break;
  }
  return column;
}

function straight(text) {
  return text.replaceAll(/\r\n?/g, "\n");
}

function decodeURIComponentSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
