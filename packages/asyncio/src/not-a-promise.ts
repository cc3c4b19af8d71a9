/** What `then` of a Future returns: `await` ignores it, and anything else should hear why. */
export const notAPromise: object = new Proxy(Object.freeze({}), {
  get(_, key) {
    if (typeof key === 'symbol') return undefined;
    throw new TypeError(
      `Future.then() is for await and returns no promise (.${key} was read): ` +
        'use Promise.resolve(future), or future.addDoneCallback(callback)',
    );
  },
});
