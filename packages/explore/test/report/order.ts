import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';

/** A customer's order and the audit of the books, which sees it half done if it comes in between. */
export const order: Program = async ({ io, assert }) => {
  const books = { stock: 5, sold: 0 };
  const sell = async () => {
    books.stock -= 1;
    await io('payment');
    books.sold += 1;
  };
  const audit = async () => {
    await io('open the books');
    await io('read the rules');
    assert(books.stock + books.sold === 5, `the books say ${books.stock} + ${books.sold}`);
  };
  await gather([sell, audit]);
};
