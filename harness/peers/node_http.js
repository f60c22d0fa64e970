// Node as a peer: one event loop does everything.
//
//   node node_http.js PORT WORKERS SEED SIZE_PER_MS
'use strict';

const http = require('http');
const { routes, sqrtKernel } = require('./node_routes.js');

// The words of the command line. [PeerOrder in harness/peers/peer.h]
function readOrder() {
  const [port, workers, seed, sizePerMs] = process.argv.slice(2);
  return {
    port: Number(port),
    workers: Number(workers),
    seed: BigInt(seed),
    sizePerMs: Number(sizePerMs),
  };
}

// Serves on 127.0.0.1; `compute` as for routes().
function serve(order, compute) {
  const server = http.createServer(routes(order, compute));
  // Idle connections stay; and no header tells how long they would.
  server.keepAliveTimeout = 0;
  server.listen({ host: '127.0.0.1', port: order.port, backlog: 65535 });
}

module.exports = { readOrder, serve };

if (require.main === module) serve(readOrder(), sqrtKernel);
