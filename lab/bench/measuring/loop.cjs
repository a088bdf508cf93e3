// Calls a handler without Lambda's runtime: `node loop.cjs BUNDLE EVENT`; see loop.py.

const { writeSync } = require("node:fs");
const { createInterface } = require("node:readline");

const [bundle, event] = process.argv.slice(2);
const { handler } = require(bundle);
const context = {
  awsRequestId: "00000000-0000-0000-0000-000000000000",
  functionName: "measured",
  memoryLimitInMB: "512",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:measured",
  getRemainingTimeInMillis: () => 29_000,
};

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    for (let left = Number(line); left > 0; left -= 1) {
      await handler(JSON.parse(event), context);
    }
    const { user, system } = process.cpuUsage(before);
    writeSync(2, `${(user + system) / 1e6}\n`);
  }
}

main();
