import { createServer } from 'node:net';

export async function main() {
  setInterval(() => {}, 1000);
  createServer().listen(0);
  console.log('main is done');
}
