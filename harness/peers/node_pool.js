// Node with a pool of worker threads as a peer: one event loop has all
// connections, what computes goes to a thread and comes back as a message.
//
//   node node_pool.js PORT WORKERS SEED SIZE_PER_MS
'use strict';

const { Worker, isMainThread, parentPort } = require('worker_threads');
const { sqrtKernel } = require('./node_routes.js');

// A queue before threads that do one thing at a time.
class Pool {
  constructor(threads) {
    this.idle = [];
    this.waiting = [];
    for (let i = 0; i < threads; ++i) {
      const thread = new Worker(__filename);
      thread.on('message', (sum) => {
        thread.resolve(sum);
        this.take(thread);
      });
      this.take(thread);
    }
  }

  // Gives an idle thread the work that has waited longest.
  take(thread) {
    const work = this.waiting.shift();
    if (work === undefined) this.idle.push(thread);
    else this.start(thread, work);
  }

  start(thread, { n, size, resolve }) {
    thread.resolve = resolve;
    thread.postMessage({ n, size });
  }

  run(n, size) {
    return new Promise((resolve) => {
      const work = { n, size, resolve };
      const thread = this.idle.pop();
      if (thread === undefined) this.waiting.push(work);
      else this.start(thread, work);
    });
  }
}

if (isMainThread) {
  const { readOrder, serve } = require('./node_http.js');
  const order = readOrder();
  const pool = new Pool(order.workers);
  serve(order, (n, size) => pool.run(n, size));
} else {
  parentPort.on('message', ({ n, size }) => {
    parentPort.postMessage(sqrtKernel(n, size));
  });
}
