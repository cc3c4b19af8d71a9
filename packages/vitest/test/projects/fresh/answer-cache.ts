/** What modules often do: the first answer is kept for as long as the process lives. */
const answers = new Map<string, string>();

/** And for ever is too long: a timer that the import makes. */
setInterval(() => answers.clear(), 60_000).unref();

export async function cached(key: string, fetch: () => Promise<string>): Promise<string> {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = await fetch();
  answers.set(key, answer);
  return answer;
}
