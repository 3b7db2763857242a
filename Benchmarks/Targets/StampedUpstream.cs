using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// An OpenAI-compatible upstream whose every token is the time at which it was written, so that a client on the same machine sees how long each was on its
/// way: this executable with the verb <see cref="Verb"/>. It keeps no truth and checks nothing.
/// </summary>
internal sealed class StampedUpstream : IAsyncDisposable
{
    public const string Verb = "stamped";

    /// <summary>The model whose reply is text: all of it in one write, unless tokens have a delay. Only this model's tokens have delays.</summary>
    public const string Model = "stamped";

    /// <summary>The model whose reply is text, each token in a separate write.</summary>
    public const string FlushedModel = "stamped-flushed";

    /// <summary>The model whose reply is a tool call, each token a piece of its arguments, each in a separate write.</summary>
    public const string CallingModel = "stamped-calling";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Models = [Model, FlushedModel, CallingModel];

    /// <summary>What the arguments of a call have before the tokens.</summary>
    public const string ArgumentsHead = "{\"at\":\"";

    /// <summary>What they have after the tokens.</summary>
    public const string ArgumentsTail = "\"}";

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
            static () =>
                Results.Text(
                    $$"""{"object":"list","data":[{"id":"{{Model}}"},{"id":"{{FlushedModel}}"},{"id":"{{CallingModel}}"}]}""",
                    "application/json"
                )
        );
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, tokens, each));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(TargetFiles.ReadyPrefix + app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, int tokens, TimeSpan each)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var asked = body.GetBuffer().AsMemory(0, (int)body.Length);
        var calls = Has(asked, CallingModel);
        var isFlushed = Has(asked, FlushedModel);
        each = calls || isFlushed ? TimeSpan.Zero : each;
        var flushes = each > TimeSpan.Zero || calls || isFlushed;
        context.Response.ContentType = "text/event-stream";
        var writer = context.Response.BodyWriter;
        if (calls)
        {
            Write(
                writer,
                Choice(Call("\"id\":\"call_1\",\"type\":\"function\",", "\"name\":\"look\",\"arguments\":\"{\\\"at\\\":\\\"\""), "null")
            );
        }

        for (var i = 0; i < tokens; i++)
        {
            if (each > TimeSpan.Zero)
            {
                await Task.Delay(each, TimeProvider.System, context.RequestAborted);
            }

            var stamp = Stopwatch.GetTimestamp().ToString("D20", CultureInfo.InvariantCulture);
            Write(writer, Choice(calls ? Call("", $"\"arguments\":\"{stamp}\"") : $$"""{"content":"{{stamp}}"}""", "null"));
            if (flushes)
            {
                await writer.FlushAsync(context.RequestAborted);
            }
        }

        if (calls)
        {
            Write(writer, Choice(Call("", "\"arguments\":\"\\\"}\""), "null"));
        }

        Write(writer, Choice("{}", calls ? "\"tool_calls\"" : "\"stop\""));
        if (Has(asked, "include_usage"))
        {
            // As real servers do, which makes a gateway's own count needless.
            Write(writer, $$"""[],"usage":{"prompt_tokens":20,"completion_tokens":{{tokens}},"total_tokens":{{tokens + 20}}}""");
        }

        writer.Write("data: [DONE]\n\n"u8);
        await writer.FlushAsync(context.RequestAborted);
    }

    private static bool Has(ReadOnlyMemory<byte> body, string word) => body.Span.IndexOf(Encoding.ASCII.GetBytes(word)) >= 0;

    private static string Call(string head, string function) =>
        "{\"tool_calls\":[{\"index\":0," + head + "\"function\":{" + function + "}}]}";

    private static string Choice(string delta, string finish) => $$"""[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]""";

    private static void Write(IBufferWriter<byte> output, string choices) =>
        Encoding.ASCII.GetBytes(
            $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"{{Model}}","choices":{{choices}}}"""
                + "\n\n",
            output
        );
}
