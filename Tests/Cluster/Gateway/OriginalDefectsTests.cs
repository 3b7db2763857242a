using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Signatures;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Each defect of the original single-worker proxy, shown absent from the whole product.</summary>
[Collection(SharedGateway.Name)]
public sealed class OriginalDefectsTests
{
    private readonly Gateway _gateway;

    public OriginalDefectsTests(GatewayFixture fixture) => _gateway = fixture.Gateway;

    [Fact]
    public async Task Defect1_ConcurrentRepliesMix_EveryStreamHasItsOwnText()
    {
        var bodies = Enumerable
            .Range(0, 32)
            .Select(i => new ChatBody($"own-{i:00} [[sim: tokens=30 per=1ms]]") { Stream = true })
            .ToArray();

        var answers = await Task.WhenAll(bodies.Select(body => _gateway.ChatAsync(body)));

        Assert.Equal(
            bodies.Select(body => _gateway.Simulator.Truth.FindExchange(body.Text[..7])!.Text),
            answers.Select(answer => answer.Text)
        );
    }

    [Theory]
    [InlineData("label")]
    [InlineData("none")]
    public async Task Defect2_AnswerSentTwiceAfterAPrefix_OrCutShort_TheTextComesOnceAndWhole(string prefix)
    {
        var text = string.Join(' ', Enumerable.Range(0, 80).Select(i => $"word{i}"));

        var answer = await _gateway.ChatAsync(new ChatBody($"[[sim: flush prefix={prefix}]] Say exactly: {text}") { Stream = true });

        Assert.Equal((text, "stop"), (answer.Text, answer.FinishReason));
    }

    [Fact]
    public async Task Defect3_ErrorsAsAssistantText_AreErrorsWithTheirOwnStatusAndWithoutUpstreamText()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 1);

        var answer = await gateway.ChatAsync(new ChatBody("Hello [[sim: fault=server-error]]") { Stream = true });

        answer.AssertError(502, "server_error", "upstream_error", null);
        Assert.DoesNotContain("choices", answer.Body);
        Assert.DoesNotContain("Injected", answer.Body);
    }

    [Fact]
    public async Task Defect4_NoUnstreamedForm_NoUsage_NoRole_ChangingCreated_AllAsOpenAiHasThem()
    {
        var plain = await _gateway.ChatAsync("Say exactly: fine");
        var streamed = await _gateway.ChatAsync(
            new ChatBody("Say exactly: a b c [[sim: per=2ms]]")
            {
                Stream = true,
                Fields = new() { ["stream_options"] = new JsonObject { ["include_usage"] = true } },
            }
        );

        Assert.Equal("chat.completion", (string)plain.Json["object"]!);
        Assert.True((long)plain.Json["usage"]!["total_tokens"]! > 0);
        Assert.Equal("assistant", (string)streamed.Chunks[0]["choices"]![0]!["delta"]!["role"]!);
        Assert.Single(streamed.Chunks.Select(chunk => (long)chunk["created"]!).Distinct());
        Assert.True((long)streamed.Chunks[^1]["usage"]!["completion_tokens"]! > 0);
        Assert.EndsWith("data: [DONE]\n\n", streamed.Body);
    }

    [Fact]
    public async Task Defect5_LastTurnSentTwice_ConversationNeverReused_OnceAndReused()
    {
        var before = _gateway.Simulator.Truth.Snapshot().Global;
        var first = await _gateway.ChatAsync("The code word: basalt.");
        var second = await _gateway.ChatAsync(
            new ChatBody("And the code word?") { Earlier = [("user", "The code word: basalt."), ("assistant", first.Text)] }
        );

        var truth = _gateway.Simulator.Truth.Snapshot();
        Assert.Equal("The code word is basalt.", second.Text);
        Assert.Equal((1, 2), (truth.Global.CreateCalls - before.CreateCalls, truth.Global.ChatCalls - before.ChatCalls));
        Assert.DoesNotContain(truth.Accounts, account => account.Remarks.ContainsKey(Remark.QuestionRepeated));
    }

    [Fact]
    public async Task Defect6_ModelReplaced_NoRetry_NoExpiryCheck_OpenProxy_NoneOfThem()
    {
        await using var gateway = await Gateway.StartAsync([new("old", Lifetime: TimeSpan.FromMinutes(-1)), new("a1"), new("a2")]);
        gateway.Simulator.Truth.SetBehaviour(
            new()
            {
                Fault = new() { Kind = Simulator.Behaviour.FaultKind.ServerError, Times = 1 },
            }
        );
        using var keyless = new ChatBody("Hello").ToRequest();
        keyless.Headers.Authorization = new("Bearer", "nothing");

        (await gateway.ChatAsync(new ChatBody("Hello") { Model = "no-such-model" })).AssertError(
            404,
            "invalid_request_error",
            "model_not_found",
            "model"
        );
        using (var refused = await gateway.SendAsync(keyless))
        {
            Assert.Equal(401, (int)refused.StatusCode);
        }

        Assert.Equal("served", (await gateway.ChatAsync("Say exactly: served")).Text);
        var expired = gateway.Simulator.Truth.Account("old");
        Assert.Equal((0, 2), (expired.CreateRequests, gateway.Simulator.Truth.Snapshot().Global.ChatCalls));
    }

    [Fact]
    public async Task Defect7_WeakNonce_WrongKeyAs403_NoncesNeverRepeatAndAWrongKeyIs401()
    {
        for (var i = 0; i < 8; i++)
        {
            await _gateway.ServeAsync($"Hello {i}");
        }

        using var request = new ChatBody("Hello").ToRequest();
        request.Headers.Authorization = new("Bearer", Gateway.MasterKey[..^1] + "x");
        using var refused = await _gateway.SendAsync(request);

        Assert.Equal(401, (int)refused.StatusCode);
        var accounts = _gateway.Simulator.Truth.Snapshot().Accounts;
        Assert.All(accounts, account => Assert.Empty(account.SignatureFaults));
        Assert.True(accounts.Sum(account => account.SignatureForms.GetValueOrDefault(SignatureForm.DashAuthorization)) >= 8);
    }

    [Fact]
    public async Task Defect8_SplitOnUnicodeSeparators_DiesOnOddEvents_TheTextIsWhole()
    {
        var answer = await _gateway.ChatAsync(
            new ChatBody("Grüße 東京 🚀 separators [[sim: separators split events garbage blank cr flush tokens=40]]") { Stream = true }
        );

        Assert.Equal(_gateway.Simulator.Truth.FindExchange("separators [[sim")!.Text, answer.Text);
        Assert.Contains("\u2028", answer.Text);
        Assert.Contains("\u0085", answer.Text);
    }

    [Fact]
    public async Task Defect9_SlowRepliesCut_RequestTimeoutNeverRead_NginxWaitsAndTheTimeoutHolds()
    {
        var nginx = Repository.Read("deploy/nginx/nginx.conf");
        Assert.Contains("proxy_buffering off;", nginx);
        var wait = int.Parse(Regex.Match(nginx, @"^\s*proxy_read_timeout (\d+)s;", RegexOptions.Multiline).Groups[1].Value);
        Assert.True(wait > 300, $"nginx cuts a reply after {wait} s of silence; the default request timeout is 300 s");
        await using var gateway = await Gateway.StartAsync(1, "REQUEST_TIMEOUT=1");

        var answer = await gateway.ChatAsync("Hello [[sim: fault=stall-before-headers]]");

        answer.AssertError(504, "server_error", "upstream_timeout", null);
    }
}
