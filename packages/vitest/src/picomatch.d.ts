declare module 'picomatch' {
  /** A function that tells whether a path matches one of the globs. */
  export default function picomatch(globs: readonly string[], options?: { dot?: boolean }): (path: string) => boolean;
}
