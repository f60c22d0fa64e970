// The routes of the Node peers: what our own servers answer, in JavaScript.
'use strict';

// Bytes of answers to /bytes: byte i is the letter i % 26. A multiple of 26,
// so that pieces of a long answer follow each other.
const PATTERN = Buffer.from('abcdefghijklmnopqrstuvwxyz'.repeat(2520));

// SplitMix64, as in scenarios/random.h.
function mix(x) {
  const low64 = (y) => BigInt.asUintN(64, y);
  x = low64(x + 0x9e3779b97f4a7c15n);
  x = low64((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
  x = low64((x ^ (x >> 27n)) * 0x94d049bb133111ebn);
  return x ^ (x >> 31n);
}

// The factor n in job 0 of scenario cpu. `seed` is a BigInt.
function sqrtFactor(seed) {
  return 1 + Number(mix(mix(mix(seed))) % 1000n);
}

// The most work for which the sum stays below 2^53, so that doubles are exact
// and the digest is the one that our own servers find.
const MOST_SIZE = 5e9;

// The kernel sqrt of scenarios/kernels.cpp.
function sqrtKernel(n, size) {
  let sum = 0;
  for (let i = 0; i < size; ++i) sum += Math.trunc(Math.sqrt(n * i));
  return sum;
}

// The headers that our own servers send. Node adds Date, and Connection, which
// it cannot be told to leave out.
function head(response, status, type, length) {
  response.writeHead(status, {
    Server: 'node',
    'Content-Type': type,
    'Content-Length': length,
  });
}

function answer(response, status, type, body) {
  head(response, status, type, Buffer.byteLength(body));
  response.end(body);
}

// Piece by piece, as fast as the client takes them.
function answerBytes(response, count) {
  if (!Number.isInteger(count) || count < 0) {
    answer(response, 400, 'text/plain', '/bytes takes n=\n');
    return;
  }
  head(response, 200, 'text/plain', count);
  const writeMore = () => {
    while (count > PATTERN.length) {
      count -= PATTERN.length;
      if (!response.write(PATTERN)) {
        response.once('drain', writeMore);
        return;
      }
    }
    response.end(PATTERN.subarray(0, count));
  };
  writeMore();
}

// The value of the only parameter in a query, which must be `name`, or NaN.
function parameter(query, name) {
  const [key, value] = (query || '').split('=', 2);
  return key === name && value ? Number(value) : NaN;
}

// The work that /cpu?size=N or ?us=N asks for, or NaN.
function cpuSize(query, sizePerMs) {
  const us = parameter(query, 'us');
  const size = us >= 1
    ? Math.max(1, Math.round((sizePerMs * us) / 1000))
    : parameter(query, 'size');
  return size >= 1 && size <= MOST_SIZE ? size : NaN;
}

// Makes the listener of 'request' events. `compute(n, size)` gives the sum of
// sqrtKernel or the promise of it. [PeerOrder in harness/peers/peer.h]
function routes({ seed, sizePerMs }, compute) {
  const factor = sqrtFactor(seed);

  async function cpu(query, response) {
    const size = cpuSize(query, sizePerMs);
    if (Number.isNaN(size)) {
      answer(response, 400, 'text/plain', '/cpu takes us= or size=\n');
      return;
    }
    const sum = await compute(factor, size);
    const digest = sum.toString(16).padStart(16, '0');
    answer(response, 200, 'application/json', JSON.stringify({ digest }));
  }

  return (request, response) => {
    const [path, query] = request.url.split('?', 2);
    switch (path) {
      case '/plaintext':
        answer(response, 200, 'text/plain', 'Hello, World!');
        return;
      case '/json':
        answer(response, 200, 'application/json',
               JSON.stringify({ message: 'Hello, World!' }));
        return;
      case '/cpu':
        cpu(query, response);
        return;
      case '/bytes':
        answerBytes(response, parameter(query, 'n'));
        return;
      default:
        answer(response, 404, 'text/plain', 'there is no such route\n');
    }
  };
}

module.exports = { routes, sqrtKernel };
