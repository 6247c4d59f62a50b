// An OPC-UA server that is not ours, for the driver's tests: node-opcua on 127.0.0.1, told what to do by JSON lines.
//
//   node server.js DIRECTORY PORT     DIRECTORY holds server.pem, server.key and becomes its PKI
//
// Orders: {"do": "trust", "pem": "..."} {"do": "reject"} {"do": "remove", "node": "Fast.0"} {"do": "quit"}. One answer a line.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const {
  DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, RegisterServerMethod, SecurityPolicy, StatusCodes, Variant,
} = require("node-opcua");

const [directory, port] = process.argv.slice(2);
const FAST = 20;

console.warn = console.log = (...parts) => process.stderr.write(parts.join(" ") + "\n");

function say(answer) {
  process.stdout.write(JSON.stringify(answer) + "\n");
}

function derOf(pem) {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, ""), "base64");
}

async function main() {
  const pki = new OPCUACertificateManager({ rootFolder: path.join(directory, "pki"), automaticallyAcceptUnknownCertificate: false });
  const users = new OPCUACertificateManager({ rootFolder: path.join(directory, "users"), automaticallyAcceptUnknownCertificate: false });
  await pki.initialize();
  await users.initialize();
  const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port: Number(port),
    resourcePath: "/line",
    registerServerMethod: RegisterServerMethod.HIDDEN,
    serverInfo: { applicationUri: "urn:peer:line" },
    buildInfo: { manufacturerName: "Peer", productName: "Peer line", softwareVersion: "2.186.4", buildNumber: "7", buildDate: new Date(0) },
    certificateFile: path.join(directory, "server.pem"),
    privateKeyFile: path.join(directory, "server.key"),
    serverCertificateManager: pki,
    userCertificateManager: users,
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss, SecurityPolicy.Aes128_Sha256_RsaOaep],
    allowAnonymous: true,
    userManager: { isValidUser: (name, password) => name === "jope" && password === "line-password" },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const own = space.registerNamespace("urn:peer:nodes");
  const folder = own.addFolder(space.rootFolder.objects, { browseName: "Line", nodeId: "s=Line" });
  const counters = [];
  for (let n = 0; n < FAST; n++) {
    counters.push(own.addVariable({ componentOf: folder, nodeId: `s=Fast.${n}`, browseName: `Fast.${n}`, dataType: "UInt32", minimumSamplingInterval: 0 }));
  }
  const setpoint = own.addVariable({
    componentOf: folder, nodeId: "s=Setpoint", browseName: "Setpoint", dataType: "Int16", accessLevel: "CurrentRead | CurrentWrite",
    userAccessLevel: "CurrentRead | CurrentWrite",
  });
  setpoint.setValueFromSource(new Variant({ dataType: DataType.Int16, value: 250 }));
  const fixed = own.addVariable({ componentOf: folder, nodeId: "s=Fixed", browseName: "Fixed", dataType: "Int16", accessLevel: "CurrentRead" });
  fixed.setValueFromSource(new Variant({ dataType: DataType.Int16, value: 7 }));
  let count = 0;
  const removed = new Set();
  const step = () => {
    count += 1;
    counters.forEach((variable, n) => {
      if (!removed.has(`Fast.${n}`)) variable.setValueFromSource(new Variant({ dataType: DataType.UInt32, value: count }), StatusCodes.Good);
    });
  };
  step();
  const timer = setInterval(step, 100);
  await server.start();

  const orders = {
    trust: async ({ pem }) => {
      await pki.trustCertificate(derOf(pem));
      await users.trustCertificate(derOf(pem));
    },
    reject: async ({ pem }) => pki.rejectCertificate(derOf(pem)),
    remove: async ({ node }) => {
      removed.add(node);
      space.deleteNode(own.findNode(`s=${node}`));
    },
    quit: async () => {
      clearInterval(timer);
      await server.shutdown(0);
      process.exit(0);
    },
  };
  say({ ready: true, port: Number(port) });
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    try {
      const order = JSON.parse(line);
      await orders[order.do](order);
      say({ ok: true });
    } catch (error) {
      say({ ok: false, error: String(error) });
    }
  });
  lines.on("close", () => process.exit(0));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
