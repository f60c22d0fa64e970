// Node's cluster as a peer: a process with an event loop of its own for each
// core. The primary accepts and hands connections out in turn.
//
//   node node_cluster.js PORT WORKERS SEED SIZE_PER_MS
'use strict';

const cluster = require('cluster');
const { readOrder, serve } = require('./node_http.js');
const { sqrtKernel } = require('./node_routes.js');

const order = readOrder();
if (cluster.isPrimary) {
  // A worker that dies is a failure of the measurement, not to be mended.
  cluster.on('exit', (worker, code, signal) => {
    console.error(`worker ${worker.process.pid} ended: ${signal || code}`);
    process.exit(1);
  });
  for (let i = 0; i < order.workers; ++i) cluster.fork();
} else {
  serve(order, sqrtKernel);
}
