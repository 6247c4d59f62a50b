// Renders the ZPL on standard input as a PNG on standard output: label width and height in millimetres and dots per millimetre are the arguments.
const { ready } = require("zpl-renderer-js");

async function main() {
  const [width, height, dots] = process.argv.slice(2).map(Number);
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { api } = await ready;
  const picture = await api.zplToBase64Async(Buffer.concat(chunks).toString("latin1"), width, height, dots);
  process.stdout.write(Buffer.from(picture, "base64"), () => process.exit(0));
}

main().catch((error) => {
  process.stderr.write(String(error));
  process.exit(1);
});
