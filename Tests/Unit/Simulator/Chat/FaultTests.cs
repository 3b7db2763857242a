using System.Net;
using System.Text;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

public sealed class FaultTests
{
    [Theory]
    [InlineData("bad-request", HttpStatusCode.BadRequest, true)]
    [InlineData("unauthorized", HttpStatusCode.Unauthorized, true)]
    [InlineData("forbidden", HttpStatusCode.Forbidden, true)]
    [InlineData("rate-limited", HttpStatusCode.TooManyRequests, true)]
    [InlineData("server-error", HttpStatusCode.InternalServerError, false)]
    [InlineData("bad-gateway", HttpStatusCode.BadGateway, false)]
    [InlineData("unavailable", HttpStatusCode.ServiceUnavailable, false)]
    [InlineData("gateway-timeout", HttpStatusCode.GatewayTimeout, false)]
    public async Task Fault_WithStatus_AnswersItAndChargesOnlyWhatIsNotRefused(string fault, HttpStatusCode status, bool refused)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: fault={fault}]]");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal($$"""{"message":"Injected fault: {{fault}}"}""", await response.Content.ReadAsStringAsync(SimulatorClient.Deadline));
        Assert.Null(response.Headers.RetryAfter);
        var truth = client.Host.Truth.Account("a1");
        Assert.Equal(refused ? 1 : 0, truth.Rejected.GetValueOrDefault(RejectReason.Fault));
        Assert.Equal(refused ? 0 : 1, truth.Accepted);
        Assert.Equal(refused ? 0 : 1, truth.CutByFault);
        Assert.Equal(0, truth.Open);
    }

    [Theory]
    [InlineData("rate-limited")]
    [InlineData("unavailable")]
    public async Task Fault_WithRetryAfter_SendsIt(string fault)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: fault={fault} retry-after=7]]");

        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData("challenge", HttpStatusCode.Accepted, "challenge")]
    [InlineData("challenge-captcha", HttpStatusCode.MethodNotAllowed, "captcha")]
    [InlineData("html", HttpStatusCode.OK, null)]
    public async Task Fault_Page_AnswersHtml(string fault, HttpStatusCode status, string? action)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: fault={fault}]]");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(action, response.Headers.TryGetValues("x-amzn-waf-action", out var actions) ? actions.Single() : null);
        Assert.StartsWith("<!DOCTYPE html>", await response.Content.ReadAsStringAsync(SimulatorClient.Deadline), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message", """{"message":"Injected fault: forbidden"}""")]
    [InlineData("data", """{"data":"Injected fault: forbidden"}""")]
    [InlineData("error", """{"error":"Injected fault: forbidden"}""")]
    [InlineData("structured", """{"error":{"code":403,"reasons":["Injected fault: forbidden"]}}""")]
    [InlineData("empty", "")]
    public async Task ErrorShape_Named_ShapesTheBody(string shape, string body)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: fault=forbidden error={shape}]]");

        Assert.Equal(body, await response.Content.ReadAsStringAsync(SimulatorClient.Deadline));
    }

    [Theory]
    [InlineData("empty-body", 0)]
    [InlineData("no-text", 10)]
    [InlineData("not-ndjson", 2)]
    public async Task Fault_NoAnswer_IsOkWithoutText(string fault, int lines)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: fault={fault}]]");
        var body = await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(lines, SimulatorClient.Lines(body).Count);
        Assert.Equal("", SimulatorClient.TextOf(body));
        Assert.Equal(1, client.Host.Truth.Account("a1").CutByFault);
    }

    [Fact]
    public async Task Fault_ResetBeforeHeaders_SendsNothing()
    {
        await using var client = await SimulatorClient.StartAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.AskAsync("a1", "hi [[sim: fault=reset-before-headers]]"));

        Assert.Equal(1, client.Host.Truth.Account("a1").CutByFault);
    }

    [Theory]
    [InlineData("reset-after", 0)]
    [InlineData("reset-after", 3)]
    [InlineData("reset-after", 4)]
    [InlineData("reset-after", 99)]
    [InlineData("close-after", 0)]
    [InlineData("close-after", 3)]
    public async Task Fault_InTheMiddle_BreaksTheBodyAfterExactlyThatManyFragments(string fault, int after)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"hi [[sim: tokens=20 fault={fault}:{after}]]");
        var (body, whole) = await client.ReadToBreakAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(whole);
        Assert.Equal(Math.Min(after, 20), SimulatorClient.Lines(body).Count);
        var exchange = client.Host.Truth.FindExchange("hi")!;
        Assert.Equal((ReplyEnd.CutByFault, SimulatorClient.TextOf(body)), (exchange.End, exchange.Text));
    }

    [Fact]
    public async Task Fault_CutLine_EndsTheBodyInsideALine()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", "hi [[sim: tokens=20 fault=cut-line-after:2]]");
        var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline));

        Assert.Equal(
            "{\"event\":\"text\",\"data\":\"Echo:\"}\n{\"event\":\"text\",\"data\":\" hi\"}\n{\"event\":\"text\",\"data\":\"cut",
            body
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Fault_StallAfter_SendsThoseFragmentsAndThenNothingUntilTheClientLeaves(int after)
    {
        await using var client = await SimulatorClient.StartAsync();

        using (var response = await client.AskAsync("a1", $"hi [[sim: tokens=20 fault=stall-after:{after}]]"))
        {
            await using var body = await response.Content.ReadAsStreamAsync(SimulatorClient.Deadline);
            await SimulatorClient.ReadLinesAsync(body, after);
            Assert.Equal(1, client.Host.Truth.Account("a1").Open);
        }

        var truth = await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 0, SimulatorClient.Deadline);
        Assert.Equal((1, after), ((int)truth.Account("a1").CutByFault, (int)truth.Account("a1").Fragments));
    }

    [Fact]
    public async Task Fault_StallBeforeHeaders_SendsNothingUntilTheClientLeaves()
    {
        await using var client = await SimulatorClient.StartAsync();
        using var leave = new CancellationTokenSource();

        var asked = client.AskAsync("a1", "hi [[sim: fault=stall-before-headers]]", leave.Token);
        await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 1, SimulatorClient.Deadline);
        Assert.False(asked.IsCompleted);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        var truth = await client.Host.Truth.WaitUntilAsync(now => now.OpenStreams == 0, SimulatorClient.Deadline);
        Assert.Equal(1, truth.Account("a1").CutByFault);
    }

    [Fact]
    public async Task Dispose_DuringAStall_EndsIt()
    {
        var client = await SimulatorClient.StartAsync();
        using var response = await client.AskAsync("a1", "hi [[sim: fault=stall-after]]");

        await client.Host.DisposeAsync();

        var (_, whole) = await client.ReadToBreakAsync(response);
        Assert.False(whole);
    }

    [Fact]
    public async Task Fault_WithTimes_IsMetThatOften()
    {
        await using var client = await SimulatorClient.StartAsync();
        client.Host.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = FaultKind.ServerError, Times = 2 },
            }
        );

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.AskAsync("a1", "hi");
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK], statuses);
    }

    [Theory]
    [InlineData(FaultKind.Unauthorized, "unauthorized")]
    [InlineData(FaultKind.ServerError, "server-error")]
    public async Task Fault_OnCreate_LeavesChatAlone(FaultKind kind, string name)
    {
        var fault = new FaultSettings { Kind = kind, Route = FaultRoute.Create };
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { Behaviour = new BehaviourSettings { Fault = fault } }
        );

        using var created = await client.PostAsync("/conversation/create", client.Host.IssueToken("a1"), new { promptId = "p" });

        Assert.Equal($$"""{"message":"Injected fault: {{name}}"}""", await created.Content.ReadAsStringAsync(SimulatorClient.Deadline));
        Assert.Equal("Echo: hi", await client.TextAsync("a1", "hi"));
    }

    [Fact]
    public async Task Fault_ResetAfterOnCreate_BreaksItsJson()
    {
        var fault = new FaultSettings { Kind = FaultKind.ResetAfter, Route = FaultRoute.Any };
        await using var client = await SimulatorClient.StartAsync(
            new SimulatorOptions { Behaviour = new BehaviourSettings { Fault = fault } }
        );

        using var created = await client.PostAsync("/conversation/create", client.Host.IssueToken("a1"), new { promptId = "p" });
        var (body, whole) = await client.ReadToBreakAsync(created);

        Assert.False(whole);
        Assert.Equal("{\"id\":", Encoding.UTF8.GetString(body));
    }
}
