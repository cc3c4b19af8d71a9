import http, { type ServerResponse } from 'node:http';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../src/index.ts';
import { pause, withHost } from './io/helpers.ts';
import { io, serve } from './io/servers.ts';

const given = 'Thu, 01 Jan 1970 00:00:00 GMT';

/** The dates of the answers to three requests, an hour apart. */
const dates = (answer: (response: ServerResponse) => unknown): Promise<(string | null)[]> =>
  withHost(
    async () => {
      const url = await serve((_request, response) => answer(response));
      const dates: (string | null)[] = [];
      for (let hour = 0; hour < 3; hour++) {
        const response = await fetch(url);
        await response.text();
        dates.push(response.headers.get('date'));
        await pause(3_600_000);
      }
      return dates;
    },
    { io },
  );

describe('The Date header of a server', { tags: ['host'] }, () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['no other', (response) => response.end()],
    ['some others', (response) => response.setHeader('x-date', 'Date: 1').writeHead(201, { 'X-Other': 1 }).end()],
    ['others in a list', (response) => response.writeHead(201, ['X-Other', 'date']).end('text')],
  ])('tells the virtual date, with %s headers', async (_, answer) => {
    expect(await dates(answer)).toEqual([
      'Sat, 01 Jan 2000 00:00:00 GMT',
      'Sat, 01 Jan 2000 01:00:00 GMT',
      'Sat, 01 Jan 2000 02:00:00 GMT',
    ]);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['setHeader', (response) => response.setHeader('date', given).end()],
    ['an object', (response) => response.writeHead(200, { DATE: given }).end()],
    ['a list', (response) => response.writeHead(200, ['X-Other', '1', 'Date', given]).end()],
    ['both', (response) => response.setHeader('x-other', 1).writeHead(200, ['Date', given]).end()],
  ])('is that of the program if it gives one by %s', async (_, answer) => {
    expect(await dates(answer)).toEqual([given, given, given]);
  });

  it('is left out where the program wants none', async () => {
    const answer = (response: ServerResponse): void => {
      response.sendDate = false;
      response.end();
    };
    expect(await dates(answer)).toEqual([null, null, null]);
  });

  it('is the host’s own again when the host is given back', async () => {
    const prototype = http.OutgoingMessage.prototype as unknown as { readonly _storeHeader: unknown };
    const { _storeHeader: original } = prototype;
    const loop = new EventLoop({ clock: new VirtualClock() });
    const host = installHost(loop, { io });
    await loop.runUntilComplete(async () => {
      await (await fetch(await serve((_request, response) => response.end()))).text();
    });
    expect(prototype._storeHeader).not.toBe(original);
    host();
    expect(prototype._storeHeader).toBe(original);
  });
});
