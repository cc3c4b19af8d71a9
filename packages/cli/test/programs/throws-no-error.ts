export async function main() {
  throw { reason: 'no Error' };
}
