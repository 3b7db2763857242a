// The package "@openai/agents": a tool, a hand-over, a session that the gateway keeps, streamed and not, on chat and on responses.
import { Agent, handoff, OpenAIChatCompletionsModel, OpenAIConversationsSession, OpenAIResponsesModel, Runner, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";
import { apiKey, assert, baseURL, collect, run } from "./cases.mjs";

setTracingDisabled(true);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const runner = new Runner({ tracingDisabled: true });
const weather = tool({ name: "get_weather", description: "The weather of a city", parameters: z.object({ city: z.string() }), execute: async () => "rain" });
const kinds = {
  responses: (model) => new OpenAIResponsesModel(client, model),
  chat: (model) => new OpenAIChatCompletionsModel(client, model),
};
const cases = {};
for (const [name, of] of Object.entries(kinds)) {
  cases[`${name} text`] = async (model) => {
    const agent = new Agent({ name: "Scribe", instructions: "Be brief.", model: of(model) });
    assert.equal((await runner.run(agent, "Say exactly: Hello there")).finalOutput, "Hello there");
  };
  cases[`${name} tool`] = async (model) => {
    const agent = new Agent({ name: "Forecaster", instructions: "Be brief.", model: of(model), tools: [weather] });
    assert.equal((await runner.run(agent, "Use get_weather for Oslo")).finalOutput, "get_weather returned rain.");
  };
  cases[`${name} streamed tool`] = async (model) => {
    const agent = new Agent({ name: "Forecaster", instructions: "Be brief.", model: of(model), tools: [weather] });
    const made = await runner.run(agent, "Use get_weather for Oslo", { stream: true });
    const events = await collect(made);
    await made.completed;
    assert.ok(events.some((event) => event.type === "run_item_stream_event" && event.name === "tool_output"));
    assert.equal(made.finalOutput, "get_weather returned rain.");
  };
  cases[`${name} output type`] = async (model) => {
    const agent = new Agent({ name: "Clerk", instructions: "Be brief.", model: of(model), outputType: z.object({ answer: z.string(), celsius: z.number() }) });
    assert.equal(typeof (await runner.run(agent, "How warm is it?")).finalOutput.celsius, "number");
  };
  cases[`${name} hand-over`] = async (model) => {
    const expert = new Agent({ name: "Expert", instructions: "Be brief.", model: of(model) });
    const desk = new Agent({ name: "Desk", instructions: "Hand over.", model: of(model), handoffs: [handoff(expert)] });
    assert.equal((await runner.run(desk, "Use transfer_to_Expert now")).lastAgent.name, "Expert");
  };
}
cases["responses session"] = async (model) => {
  const session = new OpenAIConversationsSession({ client });
  const agent = new Agent({ name: "Scribe", instructions: "Be brief.", model: kinds.responses(model) });
  await runner.run(agent, "The code word: rowan. Remember it.", { session });
  assert.match((await runner.run(agent, "What is the code word?", { session })).finalOutput, /rowan/);
  assert.equal((await session.getItems()).length, 4);
  await session.clearSession();
};

await run(cases);
