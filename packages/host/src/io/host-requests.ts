import { realNow } from './host-turn.ts';
import { IoOperation, type IoSource } from './operation.ts';
import { placeOfRequest } from './places.ts';

/** Node's own list of its requests in flight: not documented, and there in every version since 2009. */
const host = process as unknown as { _getActiveRequests(): object[] };

/** How the host calls what it has been asked for. */
const names: Readonly<Record<string, string>> = {
  FSReqCallback: 'fs request',
  FSReqPromise: 'fs/promises request',
  FileHandleCloseReq: 'closing of a file',
  GetAddrInfoReqWrap: 'dns.lookup',
  GetNameInfoReqWrap: 'dns.lookupService',
  TCPConnectWrap: 'TCP connect',
  PipeConnectWrap: 'pipe connect',
  SendWrap: 'UDP send',
  WriteWrap: 'output to a pipe',
};

const typeOf = (request: object): string => request.constructor?.name ?? 'request';

/**
 * Writing ends when the other side reads, which may be this program: Connections know. But who reads what
 * the process prints is another one, which may be slow, and the process may go on to print when it has read.
 */
function isJudgedElsewhere(request: object & { readonly handle?: { readonly fd?: number } }): boolean {
  const type = typeOf(request);
  if (type === 'ShutdownWrap') return true;
  if (type !== 'WriteWrap') return false;
  const fd = request.handle?.fd;
  return fd !== 1 && fd !== 2;
}

/**
 * True for a read of a file for a stream of C++: of `fs.openAsBlob`, of `respondWithFile` of HTTP/2. Node keeps these
 * for the next read, and in its list: nothing tells those that wait for it from those in flight.
 */
const isKept = (request: object): boolean => typeOf(request) === 'FSReqCallback' && !('oncomplete' in request);

/**
 * The requests that the host itself keeps a list of: files, name lookups, connects, datagrams. It
 * knows them all, whoever made them and by whichever import, so nothing has to be wrapped. Looking at
 * the list costs 0.1 µs. `getActiveResourcesInfo`, its documented sibling, lists the pump's immediates
 * as well, up to 1 µs.
 */
export class HostRequests implements IoSource {
  readonly #operations = new WeakMap<object, IoOperation>();

  get idle(): boolean {
    return host._getActiveRequests().every((request) => this.#isOver(request));
  }

  inFlight(quietMs: number): IoOperation[] {
    const requests = host._getActiveRequests().filter((request) => !isJudgedElsewhere(request));
    return requests
      .filter((request) => !isKept(request) || this.#operationOf(request).countsFor(quietMs))
      .map((request) => this.#operationOf(request));
  }

  /** True for one that Node keeps, after the time that a read takes. */
  #isOver(request: object): boolean {
    return isKept(request) && (this.#operations.get(request)?.countsUntil ?? Infinity) <= realNow();
  }

  #operationOf(request: object): IoOperation {
    let operation = this.#operations.get(request);
    if (operation === undefined) {
      const type = typeOf(request);
      operation = new IoOperation(() => names[type] ?? type, placeOfRequest(request));
      this.#operations.set(request, operation);
    }
    return operation;
  }
}
