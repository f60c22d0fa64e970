// The page of /status: it needs nothing but /status.json.
#pragma once

namespace bench {

inline constexpr const char* kStatusPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>bench serve</title>
<style>
body { font: 19px/1.4 system-ui, sans-serif; margin: 1.2em; color: #1a1a1a }
h1 { font-size: 1.5em; margin: 0 0 .4em }
dl { display: flex; flex-wrap: wrap; gap: .4em 2.4em; margin: 0 0 1em }
dt { color: #555; font-size: .8em }
dd { margin: 0; font-size: 1.5em; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100% }
th, td { text-align: right; padding: .25em .4em; border-bottom: 1px solid #ccc;
         font-variant-numeric: tabular-nums; white-space: nowrap }
th { color: #555; font-weight: 600; font-size: .8em }
th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left }
th:nth-child(7), td:nth-child(7) { width: 15%; text-align: left }
td i { display: inline-block; height: .8em; background: #0072b2 }
tr.draining, tr.starting { color: #777; font-style: italic }
#stale { color: #a00; font-weight: 600 }
</style>
<h1>bench serve <span id="model"></span> <span id="stale" role="status"></span></h1>
<dl id="sums"></dl>
<table>
<thead><tr><th>worker<th>generation<th>state<th>up<th>requests<th>a second
<th>share<th>jobs<th>messages<th>errors<th>open<th>memory<th>CPU<th>replaced</tr></thead>
<tbody id="workers"></tbody>
</table>
<script>
"use strict";
const of = (id) => document.getElementById(id);
const number = (n) => Math.round(n).toLocaleString("en");
const span = (s) => s < 120 ? `${s.toFixed(0)} s` : s < 7200 ?
    `${(s / 60).toFixed(0)} min` : `${(s / 3600).toFixed(1)} h`;
const causes = (all) => Object.entries(all).filter(([, n]) => n > 0)
    .map(([cause, n]) => `${number(n)} ${cause}`).join(", ") || "0";
const messages = (w) =>
    `${number(w.messages_sent)} out, ${number(w.messages_received)} in` +
    (w.messages_dropped > 0 ? `, ${number(w.messages_dropped)} lost` : "");
let before = null;

function row(cells, state) {
  const line = document.createElement("tr");
  line.className = state;
  for (const cell of cells) line.insertCell().append(cell);
  return line;
}

function show(now) {
  const key = (w) => w.thread;
  const was = new Map((before ? before.workers : []).map((w) => [key(w), w]));
  const seconds = before ? now.up_s - before.up_s : 0;
  const rate = (w) => seconds > 0 ?
      (w.requests - (was.get(key(w)) || {requests: 0}).requests) / seconds : 0;
  const rates = now.workers.map(rate);
  const all = rates.reduce((a, b) => a + b, 0);
  of("model").textContent = now.model;
  const sums = {
    "up": span(now.up_s), "requests": number(now.requests),
    "a second": number(all), "errors": number(now.errors),
    "open connections": number(now.open_connections),
    ...(now.away + now.queued + now.rejected > 0 ? {
      "jobs away, queued, rejected":
          [now.away, now.queued, now.rejected].map(number).join(", ")} : {}),
    ...(now.messages.sent > 0 ? {
      "messages": `${number(now.messages.sent)}, ` +
          `${number(now.messages.received)} received` } : {}),
    ...(now.messages.refused + now.messages.dropped > 0 ? {
      "refused, dropped": [now.messages.refused, now.messages.dropped]
          .map(number).join(", ")} : {}),
    "generation": now.generation, "replaced": causes(now.replaced),
    "reloads": causes(now.reloads),
  };
  of("sums").replaceChildren(...Object.entries(sums).map(([name, value]) => {
    const pair = document.createElement("div");
    pair.append(document.createElement("dt"), document.createElement("dd"));
    pair.children[0].textContent = name;
    pair.children[1].textContent = value;
    return pair;
  }));
  of("workers").replaceChildren(...now.workers.map((w, i) => {
    const percent = all > 0 ? 100 * rates[i] / all : 0;
    const bar = document.createElement("i");
    bar.style.width = `${percent * 0.6}%`;
    const share = document.createElement("span");
    share.append(bar, ` ${percent.toFixed(0)} %`);
    share.style.display = "block";
    return row([
      w.process + (w.thread !== w.process ? `, thread ${w.thread}` :
          w.main && now.workers.length > 1 ? ", main" : ""),
      w.generation, w.silent_s > 2 ? `silent for ${span(w.silent_s)}` : w.state,
      span(w.up_s), number(w.requests), number(rates[i]), share,
      number(w.jobs), messages(w), number(w.errors), number(w.open_connections),
      `${(w.memory_bytes / 1e6).toFixed(1)} MB`, `${w.cpu_s.toFixed(1)} s`,
      causes(w.replaced)], w.state);
  }));
  if (seconds > 0.5 || !before) before = now;
}

async function ask() {
  try {
    const answer = await fetch("/status.json",
        {cache: "no-store", signal: AbortSignal.timeout(3000)});
    show(await answer.json());
    of("stale").textContent = "";
  } catch (error) {
    of("stale").textContent = "no answer";
  }
  setTimeout(ask, 1000);
}
ask();
</script>
)html";

}  // namespace bench
