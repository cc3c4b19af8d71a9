/** Ordinary JavaScript that fails in a timer, and has more to do. */
setTimeout(() => {
  void Promise.reject(new Error('nobody heard this'));
}, 10);
setInterval(() => {}, 1000);
