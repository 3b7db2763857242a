using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Dashboard.Playground;

/// <summary>A request as code that people copy. The key is read from the environment, never written.</summary>
public static class Sample
{
    /// <summary>The languages, in the order of the tabs.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["curl", "Python", "JavaScript", "C#"];

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The body of a chat request.</summary>
    public static JsonObject Body(string model, string system, string message, string? image, bool isStreamed, string? tools)
    {
        var messages = new JsonArray();
        if (system.Length > 0)
        {
            messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = system });
        }

        JsonNode content = image is null
            ? JsonValue.Create(message)
            : new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = message },
                new JsonObject
                {
                    ["type"] = "image_url",
                    ["image_url"] = new JsonObject { ["url"] = image },
                }
            );
        messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = content });
        var body = new JsonObject { ["model"] = model, ["messages"] = messages };
        if (isStreamed)
        {
            body["stream"] = true;
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        if (!string.IsNullOrWhiteSpace(tools))
        {
            body["tools"] = JsonNode.Parse(tools);
        }

        return body;
    }

    /// <summary>The code.</summary>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="address">The API's base address, with <c>/v1</c>.</param>
    /// <param name="body">The request's body.</param>
    public static string Write(string language, string address, JsonObject body)
    {
        var model = Quote((string?)body["model"] ?? "");
        var messages = body["messages"]!.ToJsonString(Readable);
        var isStreamed = body.ContainsKey("stream");
        return language switch
        {
            "Python" => Python(address, model, messages, isStreamed, body["tools"]?.ToJsonString(Readable)),
            "JavaScript" => JavaScript(address, model, messages, isStreamed, body["tools"]?.ToJsonString(Readable)),
            "C#" => CSharp(address, model, body, isStreamed),
            _ => $"""
                curl {(isStreamed ? "-N " : "")}{address}/chat/completions \
                  -H "Authorization: Bearer $API_KEY" -H "Content-Type: application/json" \
                  -d '{body.ToJsonString(Readable).Replace("'", "'\\''", StringComparison.Ordinal)}'
                """,
        };
    }

    private static string Python(string address, string model, string messages, bool isStreamed, string? tools) =>
        $"""
            import os
            from openai import OpenAI

            client = OpenAI(base_url="{address}", api_key=os.environ["API_KEY"])
            reply = client.chat.completions.create(
                model={model},
                messages={messages},
            {(tools is null ? "" : $"    tools={tools},\n")}{(isStreamed ? "    stream=True,\n" : "")})
            {(
                isStreamed
                    ? "for chunk in reply:\n    if chunk.choices:\n        print(chunk.choices[0].delta.content or \"\", end=\"\", flush=True)"
                    : "print(reply.choices[0].message.content)"
            )}
            """;

    private static string JavaScript(string address, string model, string messages, bool isStreamed, string? tools) =>
        $$"""
            import OpenAI from "openai";

            const client = new OpenAI({ baseURL: "{{address}}", apiKey: process.env.API_KEY });
            const reply = await client.chat.completions.create({
              model: {{model}},
              messages: {{messages}},
            {{(tools is null ? "" : $"  tools: {tools},\n")}}{{(isStreamed ? "  stream: true,\n" : "")}}});
            {{(
                isStreamed
                    ? "for await (const chunk of reply) process.stdout.write(chunk.choices[0]?.delta?.content ?? \"\");"
                    : "console.log(reply.choices[0].message.content);"
            )}}
            """;

    private static string CSharp(string address, string model, JsonObject body, bool isStreamed)
    {
        var messages = string.Join(",\n    ", body["messages"]!.AsArray().Select(static one => Message(one!)));
        return $$"""
            using System.ClientModel;
            using OpenAI;
            using OpenAI.Chat;

            var options = new OpenAIClientOptions { Endpoint = new Uri("{{address}}") };
            var key = new ApiKeyCredential(Environment.GetEnvironmentVariable("API_KEY")!);
            var chat = new ChatClient({{model}}, key, options);
            ChatMessage[] messages =
            [
                {{messages}},
            ];
            {{(isStreamed
                ? "await foreach (var update in chat.CompleteChatStreamingAsync(messages))\n{\n    foreach (var part in update.ContentUpdate)\n    {\n        Console.Write(part.Text);\n    }\n}"
                : "var reply = await chat.CompleteChatAsync(messages);\nConsole.WriteLine(reply.Value.Content[0].Text);")}}
            """;
    }

    private static string Message(JsonNode message)
    {
        var type = (string?)message["role"] == "system" ? "SystemChatMessage" : "UserChatMessage";
        return message["content"] is JsonArray parts
            ? $"new {type}(ChatMessageContentPart.CreateTextPart({Quote((string?)parts[0]!["text"] ?? "")}), ChatMessageContentPart.CreateImagePart(new Uri({Quote((string?)parts[1]!["image_url"]!["url"] ?? "")})))"
            : $"new {type}({Quote((string?)message["content"] ?? "")})";
    }

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString(Readable);
}
