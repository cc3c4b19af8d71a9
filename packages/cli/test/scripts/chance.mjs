import { randomUUID } from 'node:crypto';

console.log(Math.random(), randomUUID(), new Date().toISOString());
setTimeout(() => console.log('end'), 100);
