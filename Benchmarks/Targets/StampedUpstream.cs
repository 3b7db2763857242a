using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// An OpenAI-compatible upstream whose every token is the time at which it was written, so that a client on the same machine sees how long each was on its
/// way: this executable with the verb <see cref="Verb"/>. It keeps no truth and checks nothing.
/// </summary>
internal sealed class StampedUpstream : IAsyncDisposable
{
    public const string Verb = "stamped";

    /// <summary>The name of its one model.</summary>
    public const string Model = "stamped";

    /// <summary>Characters of a token: a timestamp of <see cref="Stopwatch"/>, which all processes of one machine share on Linux.</summary>
    public const int StampLength = 20;

    private readonly ChildProcess _process;

    private StampedUpstream(ChildProcess process) => _process = process;

    /// <inheritdoc cref="ChildProcess.Address"/>
    public Uri Address => _process.Address;

    /// <inheritdoc cref="ChildProcess.EndPoint"/>
    public IPEndPoint EndPoint => _process.EndPoint;

    public static async Task<StampedUpstream> StartAsync(ReplyPace pace, CancellationToken cancellationToken) =>
        new(
            await ChildProcess.StartAsync(
                TargetFiles.Self,
                [
                    Verb,
                    pace.Tokens.ToString(CultureInfo.InvariantCulture),
                    pace.EachToken.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
                ],
                TargetFiles.NoVariables,
                TargetFiles.ReadAddress,
                cancellationToken
            )
        );

    /// <summary>What the child process runs, until its input is closed.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        var tokens = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var each = TimeSpan.FromMilliseconds(double.Parse(arguments[1], CultureInfo.InvariantCulture));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet(
            "/v1/models",
            () => Results.Text($$"""{"object":"list","data":[{"id":"{{Model}}","object":"model"}]}""", "application/json")
        );
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, tokens, each));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(TargetFiles.ReadyPrefix + app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, int tokens, TimeSpan each)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        var writer = context.Response.BodyWriter;
        for (var i = 0; i < tokens; i++)
        {
            if (each > TimeSpan.Zero)
            {
                await Task.Delay(each, TimeProvider.System, context.RequestAborted);
            }

            var stamp = Stopwatch.GetTimestamp().ToString("D20", CultureInfo.InvariantCulture);
            await context.Response.WriteAsync(Chunk($$"""{"content":"{{stamp}}"}""", "null"), context.RequestAborted);
            if (each > TimeSpan.Zero)
            {
                await writer.FlushAsync(context.RequestAborted);
            }
        }

        await context.Response.WriteAsync(Chunk("{}", "\"stop\"") + "data: [DONE]\n\n", context.RequestAborted);
    }

    private static string Chunk(string delta, string finish) =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"{{Model}}","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}"""
        + "\n\n";
}
