// What script adds to the page; all that was measured can be read without it.
"use strict";

const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const root = document.documentElement;

// What was stored under a name; a browser may forbid that, the page then forgets.
function recall(name) {
  try {
    return localStorage.getItem(`bench ${name}`) ?? "";
  } catch {
    return "";
  }
}

// Stores a text under a name.
function keep(name, text) {
  try {
    localStorage.setItem(`bench ${name}`, text);
  } catch {
    // Forgotten at the next load.
  }
}

// A new element with its text, which is never taken for markup.
function made(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  return element;
}

// Follows the system until somebody chooses: dark, light, and the system again.
function themes() {
  const names = ["", "dark", "light"];
  const button = byId("theme");
  const say = () => (button.title = `Now: ${recall("theme") || "as the system"}`);
  button.addEventListener("click", () => {
    keep("theme", names[(names.indexOf(recall("theme")) + 1) % names.length]);
    root.dataset.theme = recall("theme");
    say();
  });
  say();
}

// Answers that were hidden stay hidden after a reload.
function hiding() {
  const box = byId("hide");
  box.checked = recall("hide") === "yes";
  box.addEventListener("change", () => {
    keep("hide", box.checked ? "yes" : "");
    root.classList.toggle("hide", box.checked);
    for (const one of all(".show")) one.checked = false;
  });
}

// A model's rows and names stand out; in charts the marks of all others fade.
function highlighting() {
  const select = byId("highlight");
  select.addEventListener("change", () => {
    const slug = select.value;
    const label = select.selectedOptions[0].textContent;
    for (const one of all("[data-model]")) {
      one.classList.toggle("lit", one.dataset.model === slug);
    }
    for (const one of all(".chart text")) {
      const text = one.textContent;
      const own = text === label || text.startsWith(`${label} `);
      one.classList.toggle("lit", slug !== "" && (own || text.endsWith(`→ ${label}`)));
    }
    for (const one of all(".chart [class^=is-]:not(.is-note)")) {
      one.classList.toggle("dim", slug !== "" && !one.classList.contains(`is-${slug}`));
    }
  });
}

// The map by one measure at a time.
function measures() {
  const maps = all(".measure");
  const show = (chosen) => {
    maps.forEach((one, place) => {
      one.hidden = place !== chosen;
      if (one.localName === "details") one.open = true;
    });
  };
  if (maps.length) show(0);
  for (const one of all("[name=measure]")) {
    one.addEventListener("change", () => show(Number(one.value)));
  }
}

// What somebody predicted is kept, and shown beside the answer.
function predicting() {
  for (const area of all("textarea")) {
    const name = `${document.body.dataset.run} ${area.dataset.kind}`;
    const show = () => {
      for (const one of all(`.predicted[data-kind="${area.dataset.kind}"]`)) {
        one.textContent = `You predicted: ${area.value}`;
        one.hidden = area.value.trim() === "";
      }
    };
    area.value = recall(name);
    area.addEventListener("input", () => {
      keep(name, area.value);
      show();
    });
    show();
  }
}

// A label of a chart, in its own units and, at the least, in pixels on a projector.
const LABEL = 14, LEAST = 24, NOTE = 20;

// A chart as large as the screen, or larger if its labels were too small: the rest
// of it is then scrolled to. Returns how to undo that.
function fitted(slide) {
  const chart = slide.querySelector(".chart");
  if (!chart) return () => {};
  const { width, height } = chart.viewBox.baseVal;
  const box = slide.getBoundingClientRect();
  const edge = parseFloat(getComputedStyle(slide).paddingLeft);
  const [wide, high] = [slide.clientWidth - 2 * edge, height - NOTE];
  const room = box.bottom - edge - chart.parentElement.getBoundingClientRect().top;
  const scale = Math.max(room / high, LEAST / LABEL);
  chart.setAttribute("viewBox", `0 0 ${width} ${high}`);
  chart.style.width = `${Math.min(wide, scale * width)}px`;
  return () => {
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.style.width = "";
  };
}

// One figure a screen: a key asks the question, the next one answers it.
function presenting() {
  const slides = [byId("verdict"), ...all(".figure")];
  const opened = [];
  let step = -1;
  let undo = () => {};
  const clear = () => {
    for (const one of slides) one.classList.remove("slide", "asking");
    undo();
  };
  const leave = () => {
    const last = slides[step >> 1];
    step = -1;
    clear();
    document.body.classList.remove("presenting");
    for (const one of opened.splice(0)) one.open = false;
    last.scrollIntoView();
    byId("present").focus({ preventScroll: true });
  };
  const show = (wanted) => {
    step = Math.min(Math.max(wanted, 0), 2 * slides.length - 1);
    clear();
    document.body.classList.add("presenting");
    const slide = slides[step >> 1];
    slide.classList.add("slide");
    slide.classList.toggle("asking", step % 2 === 0);
    const folded = slide.parentElement.closest("details:not([open])");
    if (folded) {
      folded.open = true;
      opened.push(folded);
    }
    slide.tabIndex = -1;
    slide.focus();
    slide.scrollTop = 0;
    undo = step % 2 ? fitted(slide) : () => {};
  };
  // What is below the screen comes before the next figure.
  const next = () => {
    const slide = slides[step >> 1];
    const below = slide.scrollHeight - slide.clientHeight - slide.scrollTop;
    if (below < 0.05 * slide.clientHeight) show(step + 1);
    else slide.scrollBy(0, 0.8 * slide.clientHeight);
  };
  const keys = {
    ArrowRight: next,
    ArrowDown: next,
    PageDown: next,
    " ": next,
    ArrowLeft: () => show(step - 1),
    ArrowUp: () => show(step - 1),
    PageUp: () => show(step - 1),
    Home: () => show(0),
    End: () => show(2 * slides.length - 1),
    Escape: leave,
  };
  byId("present").addEventListener("click", () => show(0));
  addEventListener("resize", () => step < 0 || show(step));
  document.addEventListener("keydown", (event) => {
    if (step < 0 || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
}

// The command, for a terminal.
function copying() {
  const button = byId("copy");
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(byId("command"));
    try {
      await navigator.clipboard.writeText(byId("command").textContent);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  });
}

// Pairs of lines, null for a gap: a longest common subsequence stands aligned.
function aligned(a, b) {
  const longest = Array.from({ length: a.length + 1 }, () =>
    new Uint16Array(b.length + 1),
  );
  for (let i = a.length - 1; i >= 0; --i) {
    for (let j = b.length - 1; j >= 0; --j) {
      const same = a[i].textContent === b[j].textContent;
      const next = Math.max(longest[i + 1][j], longest[i][j + 1]);
      longest[i][j] = same ? longest[i + 1][j + 1] + 1 : next;
    }
  }
  const same = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i].textContent === b[j].textContent) same.push([i++, j++]);
    else if (longest[i + 1][j] >= longest[i][j + 1]) ++i;
    else ++j;
  }
  const pairs = [];
  let [i, j] = [0, 0];
  for (const [nextA, nextB] of [...same, [a.length, b.length]]) {
    for (; i < nextA || j < nextB; ++i, ++j) {
      pairs.push([i < nextA ? a[i] : null, j < nextB ? b[j] : null, true]);
    }
    [i, j] = [nextA + 1, nextB + 1];
    if (nextA < a.length) pairs.push([a[nextA], b[nextB], false]);
  }
  return pairs;
}

// Any two files side by side.
function comparingCode() {
  const selects = [byId("code-left"), byId("code-right")];
  const panes = document.querySelectorAll(".panes > div");
  if (panes.length < 2) return;
  const show = () => {
    const files = selects.map((one) => [...byId(one.value).querySelectorAll("span")]);
    const pairs = aligned(...files);
    selects.forEach((select, side) => {
      const [title, text] = panes[side].children;
      title.textContent = select.selectedOptions[0].textContent;
      text.setAttribute("aria-label", title.textContent);
      text.replaceChildren(
        ...pairs.map(([left, right, differs]) => {
          const line = [left, right][side];
          const shown = line ? line.cloneNode(true) : made("span", "\n");
          shown.classList.toggle("differs", differs && line !== null);
          return shown;
        }),
      );
    });
  };
  for (const one of selects) one.addEventListener("change", show);
}

// The middle of some numbers, or null.
function median(values) {
  if (!values.length) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// {cell: [jobs per second, CPU seconds per job]} of a results.json, medians.
function mediansOf(results) {
  const found = new Map();
  for (const one of results.benchmarks) {
    if (one.status !== "ok") continue;
    if (!found.has(one.name)) found.set(one.name, [[], []]);
    const [rates, prices] = found.get(one.name);
    rates.push(one.jobs_per_second);
    prices.push((one.cpu_user_seconds + one.cpu_system_seconds) / one.jobs);
  }
  const known = (values) => values.filter((value) => Number.isFinite(value));
  const each = [...found].map(([name, lists]) => [
    name,
    lists.map((values) => median(known(values))),
  ]);
  return new Map(each);
}

// Another run over this one, cell by cell: ratios of medians, and no verdict.
function comparison(own, other) {
  const ratio = (a, b) => (a && b ? (a / b).toPrecision(3) : "–");
  const shared = Object.keys(own).filter((name) => other.has(name));
  const only = Object.keys(own).length - shared.length;
  const note =
    `The other run over this one, in ${shared.length} cells that both have; ` +
    `${only} are in this run alone. Ratios of medians, and no verdict.`;
  if (!shared.length) return made("p", "The two runs share no cell.");
  const table = made("table");
  table.append(made("caption", note));
  const head = table.createTHead().insertRow();
  for (const title of ["cell", "jobs per second", "CPU per job"]) {
    head.append(made("th", title, { scope: "col" }));
  }
  const body = table.createTBody();
  for (const name of shared) {
    const row = body.insertRow();
    const [rate, price] = other.get(name);
    row.append(made("th", name, { scope: "row" }));
    row.append(made("td", ratio(rate, own[name][0]), { class: "right" }));
    row.append(made("td", ratio(price, own[name][1]), { class: "right" }));
  }
  return table;
}

// A file from disk is read here and goes nowhere.
function comparingRuns() {
  const own = JSON.parse(byId("cells").textContent);
  byId("other").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    let shown = made("p", `${file.name} is no results.json of ./bench.`);
    try {
      shown = comparison(own, mediansOf(JSON.parse(await file.text())));
    } catch {
      // Said above.
    }
    byId("compared").replaceChildren(shown);
  });
}

// Before anything is drawn, so that no hidden answer is seen for a moment.
root.classList.add("scripting");
root.classList.toggle("hide", recall("hide") === "yes");
root.dataset.theme = recall("theme");

document.addEventListener("DOMContentLoaded", () => {
  for (const one of all(".scripted")) one.hidden = false;
  for (const one of all(".scriptless")) one.hidden = true;
  themes();
  hiding();
  highlighting();
  measures();
  predicting();
  presenting();
  copying();
  comparingCode();
  comparingRuns();
});
