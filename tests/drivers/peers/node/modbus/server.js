// A Modbus TCP server of npm's modbus-serial on 127.0.0.1: node server.js PORT. Each register holds its address plus 5; it answers function 43/14.
"use strict";
const ModbusRTU = require("modbus-serial");

const coils = new Map();
const holding = new Map();
const absent = (address) => address >= 500;
const refuse = () => Promise.reject(Object.assign(new Error("no such address"), { modbusErrorCode: 2 }));

const vector = {
  getInputRegister: (address) => (absent(address) ? refuse() : (address + 5) & 0xffff),
  getHoldingRegister: (address) => (absent(address) ? refuse() : holding.has(address) ? holding.get(address) : (address + 5) & 0xffff),
  getCoil: (address) => (absent(address) ? refuse() : coils.has(address) ? coils.get(address) : address % 2 === 1),
  getDiscreteInput: (address) => (absent(address) ? refuse() : address % 3 === 0),
  setRegister: (address, value) => void holding.set(address, value),
  setCoil: (address, value) => void coils.set(address, value),
  readDeviceIdentification: () => ({ 0: "npm", 1: "modbus-serial", 2: "8.0", 4: "peer", 5: "server" }),
};

const server = new ModbusRTU.ServerTCP(vector, { host: "127.0.0.1", port: Number(process.argv[2]), debug: false, unitID: 1 });
server.on("initialized", () => console.log("ready"));
server.on("socketError", () => undefined);
