// The script of every page, which adds its own controls and makes elements and texts only; a test lints it as JavaScript.

/** The text between the script tags. No backquotes and no backslashes in it: it stands in a template. */
export const PAGE_SCRIPT: string = `"use strict";
(() => {
  const root = document.documentElement;
  const collator = new Intl.Collator("en", { numeric: true });
  /** @type {<T extends Element>(within: ParentNode, selector: string) => T[]} */
  const all = (within, selector) => Array.from(within.querySelectorAll(selector));

  /** Local storage may be refused to a file that was opened from disk. */
  const stored = (/** @type {string | undefined} */ value) => {
    try {
      if (value !== undefined) localStorage.setItem("sockbench-theme", value);
      return localStorage.getItem("sockbench-theme");
    } catch {
      return null;
    }
  };

  const setUpTheme = () => {
    /** @type {HTMLButtonElement | null} */
    const button = document.querySelector("button.theme");
    if (button === null) return;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => root.dataset.theme === undefined ? system.matches : root.dataset.theme === "dark";
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
    };
    const kept = stored(undefined);
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
    system.addEventListener("change", label);
    label();
    button.hidden = false;
  };

  /** What a cell is sorted by: its number where it stands for one, else its words, else nothing. */
  const keyOf = (/** @type {HTMLTableRowElement} */ row, /** @type {number} */ column) => {
    const cell = row.cells[column];
    if (cell === undefined) return undefined;
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const words = cell.textContent ?? "";
    return words === "" || words === "–" ? undefined : words;
  };

  /** Numbers before words, and what was not measured last in either direction. */
  const compareKeys = (/** @type {string | number | undefined} */ a, /** @type {string | number | undefined} */ b, /** @type {number} */ sign) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    if (typeof a === "string" && typeof b === "string") return sign * collator.compare(a, b);
    return sign * (typeof a === "number" ? -1 : 1);
  };

  const setUpSort = (/** @type {HTMLTableElement} */ table) => {
    const body = table.tBodies[0];
    const heads = all(table, "thead th");
    if (body === undefined || body.rows.length < 2) return;
    const original = Array.from(body.rows);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const next = was === "none" ? "ascending" : was === "ascending" ? "descending" : "none";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", next);
        const rows = original.slice();
        if (next !== "none") {
          const sign = next === "ascending" ? 1 : -1;
          const keys = new Map(rows.map((row) => [row, keyOf(row, column)]));
          rows.sort((a, b) => compareKeys(keys.get(a), keys.get(b), sign));
        }
        body.append(...rows);
      });
    });
  };

  /** A choice for every column of words with a few of them. */
  const addChoices = (/** @type {HTMLTableElement} */ table, /** @type {HTMLTableRowElement[]} */ rows, /** @type {Element} */ place, /** @type {() => void} */ apply) => {
    /** @type {{ column: number, values: string[], select: HTMLSelectElement }[]} */
    const choices = [];
    const wordsOf = (/** @type {HTMLTableRowElement} */ row, /** @type {number} */ column) => row.cells[column]?.textContent ?? "";
    all(table, "thead th").forEach((head, column) => {
      if (!head.classList.contains("label")) return;
      const values = Array.from(new Set(rows.map((row) => wordsOf(row, column))));
      if (values.length < 2 || values.length > 24 || values.length === rows.length) return;
      const label = document.createElement("label");
      const select = document.createElement("select");
      label.append((head.textContent ?? "").trim(), select);
      select.append(new Option("all", ""), ...values.map((value, index) => new Option(value.slice(0, 40) || "–", String(index))));
      select.addEventListener("change", apply);
      place.append(label);
      choices.push({ column, values, select });
    });
    return (/** @type {HTMLTableRowElement} */ row) =>
      choices.every(({ column, values, select }) => select.value === "" || wordsOf(row, column) === values[Number(select.value)]);
  };

  const setUpFilter = (/** @type {HTMLElement} */ box, /** @type {HTMLTableElement} */ table) => {
    /** @type {HTMLInputElement | null} */
    const input = box.querySelector("input[type=search]");
    const place = box.querySelector(".selects");
    const count = box.querySelector(".count");
    const body = table.tBodies[0];
    if (input === null || place === null || count === null || body === undefined) return;
    const rows = Array.from(body.rows);
    const words = new Map(rows.map((row) => [
      row,
      all(row, "th, td.label").map((cell) => cell.textContent ?? "").join(" ").toLowerCase(),
    ]));
    const noun = box.dataset.noun ?? "row";
    const apply = () => {
      const wanted = input.value.toLowerCase().split(" ").filter((word) => word !== "");
      let shown = 0;
      for (const row of rows) {
        const text = words.get(row) ?? "";
        row.hidden = !(wanted.every((word) => text.includes(word)) && isChosen(row));
        if (!row.hidden) shown++;
      }
      count.textContent = (shown === rows.length ? "" : shown + " of ") + rows.length + " " + noun + (rows.length === 1 ? "" : "s");
    };
    const isChosen = addChoices(table, rows, place, apply);
    input.addEventListener("input", apply);
    apply();
  };

  const setUpIntervals = (/** @type {HTMLElement} */ box, /** @type {HTMLTableElement} */ table) => {
    /** @type {HTMLButtonElement | null} */
    const button = box.querySelector("button.intervals");
    if (button === null) return;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(open));
      for (const figure of all(table, "details.figure")) figure.toggleAttribute("open", open);
    });
  };

  /** A table that is wider than its box says so until its last column was seen. */
  const setUpHints = () => {
    for (const box of /** @type {HTMLElement[]} */ (all(document, ".scroll"))) {
      const update = () => box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 4);
      box.addEventListener("scroll", update, { passive: true });
      new ResizeObserver(update).observe(box);
      update();
    }
  };

  /** A link into a folded part opens it. */
  const openTarget = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id === "" ? null : document.getElementById(id);
    if (target === null) return;
    const inside = target.querySelector(":scope > details.fold");
    if (inside !== null) inside.toggleAttribute("open", true);
    for (let fold = target.closest("details"); fold !== null; fold = fold.parentElement?.closest("details") ?? null) {
      fold.open = true;
    }
    target.scrollIntoView();
  };

  /** Paper cannot be unfolded. */
  const setUpPrint = () => {
    /** @type {HTMLDetailsElement[]} */
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all(document, "details:not(.figure):not([open])");
      for (const fold of opened) fold.open = true;
    });
    addEventListener("afterprint", () => {
      for (const fold of opened) fold.open = false;
    });
  };

  setUpTheme();
  for (const box of /** @type {HTMLElement[]} */ (all(document, ".table"))) {
    const table = box.querySelector("table");
    if (table === null) continue;
    setUpSort(table);
    setUpFilter(box, table);
    setUpIntervals(box, table);
    for (const tools of all(box, ".tools")) tools.toggleAttribute("hidden", false);
  }
  setUpHints();
  setUpPrint();
  addEventListener("hashchange", openTarget);
  openTarget();
})();
`;
