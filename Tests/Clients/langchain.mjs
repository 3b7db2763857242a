// The package "@langchain/openai" on chat and on responses.
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import OpenAI from "openai";
import { answerSchema, apiKey, assert, baseURL, collect, embeddingModel, readme, run } from "./cases.mjs";

const weather = tool(async () => "rain", { name: "get_weather", description: "The weather of a city", schema: z.object({ city: z.string() }) });
const cases = {};
for (const useResponsesApi of [false, true]) {
  const name = useResponsesApi ? "responses" : "chat";
  const chat = (model, more = {}) => new ChatOpenAI({ model, apiKey, useResponsesApi, maxRetries: 0, configuration: { baseURL }, ...more });
  cases[`${name} text`] = async (model) => {
    const made = await chat(model, { maxTokens: 50 }).invoke([new SystemMessage("Be brief."), new HumanMessage("Say exactly: Hello there")]);
    assert.equal(made.text, "Hello there");
    assert.ok(made.usage_metadata.output_tokens > 0);
  };
  cases[`${name} stream`] = async (model) => {
    const chunks = await collect(await chat(model, { streamUsage: true }).stream("Say exactly: one two three"));
    assert.equal(chunks.map((chunk) => chunk.text).join(""), "one two three");
    assert.ok(chunks.some((chunk) => chunk.usage_metadata?.output_tokens > 0));
  };
  cases[`${name} tool loop`] = async (model) => {
    const able = chat(model).bindTools([weather]);
    const history = [new HumanMessage("Use get_weather for Oslo")];
    const first = await able.invoke(history);
    assert.deepEqual(first.tool_calls[0].args, { city: "Oslo" });
    history.push(first, new ToolMessage({ tool_call_id: first.tool_calls[0].id, content: "rain" }));
    assert.equal((await able.invoke(history)).text, "get_weather returned rain.");
  };
  cases[`${name} streamed tool call`] = async (model) => {
    let all;
    for await (const chunk of await chat(model).bindTools([weather]).stream("Use get_weather for Lima")) all = all ? all.concat(chunk) : chunk;
    assert.deepEqual([all.tool_calls.length, all.tool_calls[0].args], [1, { city: "Lima" }]);
  };
  for (const method of ["jsonSchema", "functionCalling"]) {
    cases[`${name} structured output by ${method}`] = async (model) => {
      const made = await chat(model).withStructuredOutput(answerSchema, { name: "answer", method }).invoke("How warm is it?");
      assert.deepEqual([typeof made.answer, typeof made.celsius], ["string", "number"]);
    };
  }
}
cases["history with an assistant message"] = async (model) => {
  const made = await new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL } }).invoke([
    new HumanMessage("The code word: hazel. Remember it."),
    new AIMessage("I will."),
    new HumanMessage("What is the code word?"),
  ]);
  assert.match(made.text, /hazel/);
};
// n8n's OpenAI Chat Model is this package with these options; its list of models is that of the package "openai", and its agent streams.
cases["n8n's settings of the README"] = async (model) => {
  const url = readme.match(/^\| n8n \|.*base URL `([^`]+)`/m)[1];
  const listed = await collect(new OpenAI({ apiKey, baseURL: url, maxRetries: 0 }).models.list());
  assert.ok(listed.some((one) => one.id === model));
  for (const useResponsesApi of [false, true]) {
    const able = new ChatOpenAI({ model, apiKey, useResponsesApi, timeout: 60_000, maxRetries: 2, configuration: { baseURL: url }, modelKwargs: {} }).bindTools([weather]);
    const history = [new SystemMessage("You are a helpful assistant"), new HumanMessage("Use get_weather for Oslo")];
    for (let turn = 0; turn < 2; turn++) {
      let all;
      for await (const chunk of await able.stream(history)) all = all ? all.concat(chunk) : chunk;
      history.push(all, ...all.tool_calls.map((call) => new ToolMessage({ tool_call_id: call.id, content: "rain" })));
    }
    assert.equal(history.at(-1).text, "get_weather returned rain.");
  }
};

await run(cases, {
  "embeddings": async () => {
    const made = await new OpenAIEmbeddings({ model: embeddingModel, apiKey, maxRetries: 0, configuration: { baseURL } }).embedDocuments(["one", "two"]);
    assert.ok(made.length === 2 && made[0].length > 1 && made[0].some((value) => value !== 0));
  },
});
