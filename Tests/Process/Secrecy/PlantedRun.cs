using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Cluster.Gateway;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>Right and wrong requests of clients and operators, with secrets and markers in every place that takes a text.</summary>
internal sealed class PlantedRun(HttpClient http, SecretScanner scanner)
{
    private static readonly string[] Faults =
    [
        "bad-request",
        "unauthorized",
        "forbidden",
        "rate-limited",
        "challenge",
        "challenge-captcha",
        "server-error",
        "bad-gateway",
        "unavailable",
        "html",
        "not-ndjson",
        "empty-body",
        "no-text",
        "reset-before-headers",
        "reset-after:1",
        "close-after:1",
        "cut-line-after:1",
    ];

    private string _keyId = "";

    /// <summary>Every answer so far.</summary>
    public List<HttpAnswer> Answers { get; } = [];

    public async Task DriveAsync()
    {
        await GoodAsync();
        await MalformedAsync();
        await WrongKeysAsync();
        Assert.All(
            Answers.SkipWhile(static answer => answer.Request != "conflict").Where(static answer => answer.Request is not "models"),
            static answer => Assert.True(answer.Status is >= 400 and < 500, $"{answer.Request}: {answer.Status}")
        );
        await ClientKeysAsync();
        await AccountsAsync();
        await AdminAsync();
        foreach (var fault in Faults)
        {
            await ChatAsync(
                $"fault {fault}",
                new ChatBody($"{Planted.Prompt} Say exactly: a b c [[sim: flush fault={fault}]]") { Stream = fault.Contains(':') }
            );
            await SendAsync(
                $"reset after {fault}",
                HttpMethod.Post,
                $"/admin/pools/flowgpt/accounts/{Planted.CanaryAccount}/reset",
                Planted.AdminKey
            );
        }

        await LeaveAsync();
        await AdminAsync();
    }

    /// <summary>One more turn of the stored conversation, however it ends.</summary>
    public Task AskOnceMoreAsync() => ChatAsync("late", new ChatBody(Planted.StoredPrompt) { Conversation = Planted.ConversationId });

    /// <summary>Scans every answer: secrets are in none, and a client's texts only in the answers to this client's requests for them.</summary>
    public void Scan()
    {
        foreach (var answer in Answers)
        {
            scanner.Scan($"the headers of {answer.Request}", answer.Headers);
            var allowed =
                answer.Status == 200 && answer.Request.StartsWith("chat", StringComparison.Ordinal) ? Planted.Texts
                : answer.Status == 400 ? Planted.EchoedTexts
                : null;
            scanner.Scan($"the body of {answer.Request} ({answer.Status})", answer.Body, allowed);
        }
    }

    private async Task GoodAsync()
    {
        // No request waits long for an account here, and a cluster that has just started is slow.
        await Soon.Becomes(
            async () => (await ChatAsync("chat first", new ChatBody("Hello"))).Status,
            static status => status == 200,
            "the first chat succeeds"
        );
        Answers.Clear();
        await ChatAsync("chat", new ChatBody($"Say exactly: {Planted.Prompt}") { Fields = Everything() });
        await ChatAsync(
            "chat streamed",
            new ChatBody(Planted.Prompt)
            {
                Stream = true,
                Earlier = [("system", Planted.Prompt), ("user", "Hello"), ("assistant", Planted.Prompt)],
            }
        );
        await ChatAsync("chat kept", new ChatBody($"Say exactly: {Planted.StoredPrompt}") { Conversation = Planted.ConversationId });
        await ChatAsync("chat kept again", new ChatBody("And now?") { Conversation = Planted.ConversationId });
        await ChatAsync("chat with a key", new ChatBody(Planted.Prompt) { IdempotencyKey = Planted.IdempotencyKey });
        await ChatAsync("chat with the key again", new ChatBody(Planted.Prompt) { IdempotencyKey = Planted.IdempotencyKey });
        Assert.All(Answers, static answer => Assert.True(answer.Status == 200, $"{answer.Request}: {answer.Text}"));
        await ChatAsync("conflict", new ChatBody($"{Planted.Prompt}, changed") { IdempotencyKey = Planted.IdempotencyKey });
        await ChatAsync("unknown model", new ChatBody(Planted.Prompt) { Model = Planted.CanaryModel });
        await SendAsync("models", HttpMethod.Get, "/v1/models", Planted.MasterKey);
    }

    // Fields that are accepted and not used can leak a text too.
    private static JsonObject Everything() =>
        new()
        {
            ["user"] = Planted.Field,
            ["metadata"] = new JsonObject { ["note"] = Planted.Field },
            ["stop"] = new JsonArray($"{Planted.Field} stop"),
            ["vendor_field"] = Planted.Field,
        };

    private async Task MalformedAsync()
    {
        string[] bodies =
        [
            $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":"{{Planted.Prompt}}""",
            $$"""{"model":"gpt-4-free","messages":"{{Planted.Prompt}}"}""",
            $$"""{"model":"gpt-4-free","messages":[{"role":"{{Planted.Choice}}","content":"x"}]}""",
            $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":[{"type":"{{Planted.Choice}}","text":"x"}]}]}""",
            $$"""{"model":"gpt-4-free","temperature":"{{Planted.Field}}","messages":[{"role":"user","content":"{{Planted.Prompt}}"}]}""",
            $$"""{"model":"gpt-4-free","n":2,"messages":[{"role":"user","content":"{{Planted.Prompt}}"}]}""",
            $$"""{"model":"gpt-4-free","response_format":{"type":"{{Planted.Choice}}"},"messages":[{"role":"user","content":"{{Planted.Prompt}}"}]}""",
            $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":"{{Planted.Prompt}}"}]} {{Planted.Prompt}}""",
            Planted.Prompt,
            "",
            new('x', 5 * 1024 * 1024),
        ];
        foreach (var (number, body) in bodies.Index())
        {
            await SendAsync($"malformed body {number}", ChatBody.Raw(body), Planted.MasterKey);
        }

        await SendAsync("bad conversation id", ChatBody.Raw("{}", conversation: $"{Planted.Field} / ?"), Planted.MasterKey);
        using var form = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent($"prompt={Planted.Prompt}"),
        };
        await SendAsync("form", form, Planted.MasterKey);
        await SendAsync("unknown route", HttpMethod.Post, "/v1/completions", Planted.MasterKey);
        await SendAsync("key in the query", HttpMethod.Get, $"/v1/models?api_key={Planted.KeyInQuery}", null);
    }

    private async Task WrongKeysAsync()
    {
        await SendAsync("wrong key", new ChatBody(Planted.Prompt).ToRequest(), Planted.WrongKey);
        await SendAsync("no key", new ChatBody(Planted.Prompt).ToRequest(), null);
        await SendAsync("admin key for a chat", new ChatBody(Planted.Prompt).ToRequest(), Planted.AdminKey);
        await SendAsync("client key for admin", HttpMethod.Get, "/admin/pools/flowgpt", Planted.MasterKey);
        await SendAsync("wrong key for admin", HttpMethod.Get, "/admin/pools/flowgpt", Planted.WrongKey);
        using var basic = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        basic.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"operator:{Planted.Password}")));
        await SendAsync("basic authentication", basic, null);
    }

    // The two answers that make a key hold it; from then on the key is a secret like any other.
    private async Task ClientKeysAsync()
    {
        var made = await MakeKeyAsync("POST /admin/keys", "/admin/keys", """{"name":"canary-key","owner":"someone"}""");
        await SendAsync("chat with a client's key", new ChatBody(Planted.Prompt).ToRequest(), made.Key);
        var replaced = await MakeKeyAsync("POST rotate", $"/admin/keys/{made.Id}/rotate", "{}");
        await SendAsync("old key", new ChatBody(Planted.Prompt).ToRequest(), made.Key);
        await SendAsync("client's key for admin", HttpMethod.Get, "/admin/keys", replaced.Key);
        await SendAsync("revoke", HttpMethod.Post, $"/admin/keys/{made.Id}/revoke", Planted.AdminKey);
        await SendAsync("revoked key", new ChatBody(Planted.Prompt).ToRequest(), replaced.Key);
        _keyId = made.Id;
    }

    private async Task<(string Id, string Key)> MakeKeyAsync(string name, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
        };
        var answer = await SendAsync(name, request, Planted.AdminKey);
        Answers.Remove(answer);
        var json = JsonNode.Parse(answer.Text)!;
        var (id, key) = ((string)json["id"]!, (string)json["key"]!);
        scanner.Plant($"client's key of {name}", key);
        // Everything but the key itself may be seen.
        json["key"] = "";
        Answers.Add(answer with { Body = Encoding.UTF8.GetBytes(json.ToJsonString()) });
        return (id, key);
    }

    // Tokens that come over HTTP are stored by the product, unlike those of the accounts file.
    private async Task AccountsAsync()
    {
        const string Accounts = "/admin/pools/flowgpt/accounts";
        await PostAsync(
            "add an account",
            HttpMethod.Post,
            Accounts,
            $$"""{"name":"added","bearerToken":"{{Planted.AddedToken}}","deviceId":"{{Planted.AddedDevice}}","headers":{"x-operator":"{{Planted.AddedHeader}}"} }"""
        );
        Assert.True(Answers[^1].Status is 200 or 201, Answers[^1].Text);
        await PostAsync("replace a token", HttpMethod.Patch, $"{Accounts}/added", $$"""{"bearerToken":"{{Planted.ReplacedToken}}"}""");
        Assert.Equal(200, Answers[^1].Status);
        await PostAsync("add it again", HttpMethod.Post, Accounts, $$"""{"name":"added","bearerToken":"{{Planted.AddedToken}}"}""");
        await PostAsync("bad token", HttpMethod.Post, Accounts, $$"""{"name":"other","bearerToken":"{{Planted.AddedToken}} and more"}""");
        await PostAsync("token in the wrong place", HttpMethod.Post, Accounts, $$"""{"name":"other","token":"{{Planted.AddedToken}}"}""");
        await PostAsync("broken account", HttpMethod.Post, Accounts, $$"""{"name":"other","bearerToken":"{{Planted.AddedToken}}""");
        await PostAsync(
            "account with a wrong key",
            HttpMethod.Post,
            Accounts,
            $$"""{"name":"x","bearerToken":"{{Planted.AddedToken}}"}""",
            Planted.WrongKey
        );
    }

    private Task<HttpAnswer> PostAsync(string name, HttpMethod method, string path, string body, string key = Planted.AdminKey) =>
        SendAsync(
            name,
            new HttpRequestMessage(method, path) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) },
            key
        );

    /// <summary>Every admin route that reads, as the API describes them.</summary>
    private async Task AdminAsync()
    {
        var paths = JsonNode.Parse(await http.GetStringAsync("/docs/openapi.json"))!["paths"]!.AsObject();
        foreach (var (path, methods) in paths.Where(static pair => pair.Key.StartsWith("/admin/", StringComparison.Ordinal)))
        {
            if (methods!["get"] is not null)
            {
                var concrete = path.Replace("{pool}", "flowgpt", StringComparison.Ordinal)
                    .Replace("{name}", Planted.CanaryAccount, StringComparison.Ordinal)
                    .Replace("{id}", _keyId, StringComparison.Ordinal);
                await SendAsync($"GET {path}", HttpMethod.Get, concrete, Planted.AdminKey);
            }
        }

        // Where the dashboard is switched off, these are unknown routes.
        foreach (
            var page in (string[])
                ["", "DashboardCounters", "ClusterStats", "GrainTypes", "TopGrainMethods", "Reminders/1", "Trace", "version"]
        )
        {
            await SendAsync($"dashboard {page}", HttpMethod.Get, $"/admin/orleans/{page}", Planted.AdminKey);
        }

        await SendAsync("usage by OpenAI's route", HttpMethod.Get, "/v1/organization/usage/completions?start_time=1", Planted.AdminKey);
        await SendAsync("metrics", HttpMethod.Get, "/metrics", null);
        await SendAsync("readiness", HttpMethod.Get, "/health/ready", null);
    }

    // A client that disconnects in the middle of its stream.
    private async Task LeaveAsync()
    {
        using var leave = new CancellationTokenSource();
        using var request = new ChatBody($"{Planted.Prompt} [[sim: tokens=200 per=20ms]]") { Stream = true }.ToRequest();
        request.Headers.Authorization = new("Bearer", Planted.MasterKey);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
        await leave.CancelAsync();
    }

    private Task<HttpAnswer> ChatAsync(string name, ChatBody body) => SendAsync(name, body.ToRequest(), Planted.MasterKey);

    private Task<HttpAnswer> SendAsync(string name, HttpMethod method, string path, string? key) =>
        SendAsync(name, new HttpRequestMessage(method, path), key);

    private async Task<HttpAnswer> SendAsync(string name, HttpRequestMessage request, string? key)
    {
        using var sent = request;
        if (key is not null)
        {
            sent.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var response = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var answer = await HttpAnswer.ReadAsync(name, response);
        Answers.Add(answer);
        return answer;
    }
}
