using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>Streams through the shipped nginx configuration.</summary>
[Trait("Category", "Process")]
public sealed class NginxStreamTests
{
    private const int Events = 50;

    // Every time limit of nginx is a second, except the time between two pieces of a reply, which is as shipped. At /short that limit is a second too.
    private const string ShortLimitsButForReplies = """
        client_header_timeout 1s; client_body_timeout 1s; send_timeout 1s; keepalive_timeout 1s; proxy_send_timeout 1s;
        location /short { proxy_read_timeout 1s; proxy_pass http://api; }
        """;

    [Fact]
    public async Task Stream_EventByEvent_EachArrivesBeforeTheNextIsSent()
    {
        using var received = new SemaphoreSlim(0);
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            BeginEvents(context);
            for (var i = 0; i < Events; i++)
            {
                await SendEventAsync(context, $"{i}");
                await received.WaitAsync(context.RequestAborted);
            }
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.AcceptEncoding.ParseAdd("gzip, deflate, br");

        using var response = await nginx.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var events = new List<string>();
        while (await reader.ReadLineAsync().WaitAsync(NginxProcess.Deadline) is { } line)
        {
            if (line.Length > 0)
            {
                events.Add(line);
                received.Release();
            }
        }

        Assert.Equal(Enumerable.Range(0, Events).Select(static i => $"data: {i}"), events);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Stream_WishNotToBeBuffered_IsPassedOnToAFurtherProxy()
    {
        await using var api = await ApiStandIn.StartAsync(static async context =>
        {
            context.Response.Headers["X-Accel-Buffering"] = "no";
            BeginEvents(context);
            await SendEventAsync(context, "one");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        using var response = await nginx.Client.GetAsync("/v1/stream");

        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
    }

    [Fact]
    public async Task Stream_ClientLeaves_ApiIsToldAtOnce()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            BeginEvents(context);
            await SendEventAsync(context, "one");
            await aborted.Task;
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        var response = await nginx.Client.GetAsync("/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        response.Dispose();

        await aborted.Task.WaitAsync(NginxProcess.Deadline);
    }

    [Fact]
    public async Task Stream_PausesLongerThanAnyOtherLimit_IsNotCut()
    {
        var resume = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            if (context.Request.Path.StartsWithSegments("/short"))
            {
                await WaitForAbortAsync(context);
                return;
            }

            BeginEvents(context);
            await SendEventAsync(context, "before");
            await resume.Task.WaitAsync(context.RequestAborted);
            await SendEventAsync(context, "after");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server], ShortLimitsButForReplies);
        using var response = await nginx.Client.GetAsync("/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: before", await reader.ReadLineAsync());

        // Two further requests reach the same limit of a second one after the other: then nginx's clock is beyond the limits.
        for (var i = 0; i < 2; i++)
        {
            using var timedOut = await nginx.Client.GetAsync("/short");
            Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        }

        resume.SetResult();

        Assert.Equal("\ndata: after\n\n", (await reader.ReadToEndAsync()).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Stream_ApiFallsSilent_EndsWithoutTheMarkOfACompleteReply()
    {
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            BeginEvents(context);
            await SendEventAsync(context, "one");
            await WaitForAbortAsync(context);
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server], ShortLimitsButForReplies);

        using var response = await nginx.Client.GetAsync("/short", HttpCompletionOption.ResponseHeadersRead);

        await Assert.ThrowsAnyAsync<IOException>(() => DrainAsync(response));
    }

    [Fact]
    public async Task Stream_ApiBreaksOff_ClientSeesItBreakOffAfterTheLastEvent()
    {
        await using var api = await ApiStandIn.StartAsync(async context =>
        {
            BeginEvents(context);
            await SendEventAsync(context, """{"error":{}}""");
            throw new InvalidOperationException("The reply breaks off.");
        });
        await using var nginx = await NginxProcess.StartAsync([api.Server]);

        using var response = await nginx.Client.GetAsync("/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("""data: {"error":{}}""", await reader.ReadLineAsync());
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
    }

    // Without the API's header <c>X-Accel-Buffering</c>: the configuration itself must not buffer.
    private static void BeginEvents(HttpContext context) => context.Response.ContentType = "text/event-stream; charset=utf-8";

    private static async Task SendEventAsync(HttpContext context, string data)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task WaitForAbortAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
    }

    private static async Task DrainAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.CopyToAsync(Stream.Null).WaitAsync(NginxProcess.Deadline);
    }
}
