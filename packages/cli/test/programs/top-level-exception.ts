JSON.parse('{"a":');
export async function main() {}
