// Node as a peer of scenario messages: strings to a child process or to a
// worker thread, which sends each of them back.
//
//   node node_echo.js child_process|worker_threads BYTES DEPTH CPU CPU
//
// Each line on stdin says how often, and a line on stdout that the last answer
// has come. The first CPU is for the main process, the second for a child:
// threads can't be bound from here.
'use strict';

const { execFileSync, fork } = require('child_process');
const readline = require('readline');
const { Worker, isMainThread, parentPort } = require('worker_threads');

if (!isMainThread) {
  parentPort.on('message', (text) => parentPort.postMessage(text));
} else if (process.send) {
  process.on('message', (text) => process.send(text));
  process.on('disconnect', () => process.exit());
} else {
  main(process.argv.slice(2));
}

function bind(pid, cpu) {
  execFileSync('taskset', ['-a', '-c', '-p', cpu, String(pid)]);
}

function main([way, bytes, depth, here, there]) {
  const text = 'a'.repeat(Number(bytes));
  let child;
  let send;
  if (way === 'child_process') {
    bind(process.pid, here);
    child = fork(__filename);
    bind(child.pid, there);
    send = (message) => child.send(message);
  } else {
    child = new Worker(__filename);
    send = (message) => child.postMessage(message);
  }

  let turns = 0;
  let sent = 0;
  let received = 0;
  function sendNext() {
    if (sent === turns) return;
    ++sent;
    send(text);
  }
  child.on('message', () => {
    sendNext();
    if (++received === turns) console.log('done');
  });

  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    turns = Number(line);
    sent = 0;
    received = 0;
    for (let i = 0; i < Number(depth); ++i) sendNext();
  });
  lines.on('close', () => process.exit());
}
