// Writes the JSON examples of a folder as typed constants, so that the compiler holds them against the contract:
// node examples.mjs FOLDER > src/examples.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, `${name}.json`), "utf8").trim();
const gates = ["goal", "audience", "products", "script", "team", "warm_up", "equipment_test"];

console.log(`import type { components } from "./greenroom.js";

type Contents = components["schemas"]["GateContents"];

export const campaign: components["schemas"]["NewCampaign"] = ${read("campaign")};

export const contents: { [Gate in keyof Contents]-?: NonNullable<Contents[Gate]> } = {
${gates.map((gate) => `${gate}: ${read(gate)},`).join("\n")}
};`);
