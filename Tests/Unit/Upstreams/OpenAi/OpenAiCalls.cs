using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Makes pools, credentials and calls for tests.</summary>
internal static class OpenAiCalls
{
    public const string Pool = "local";

    public static PoolDefinition Definition(string? baseUrl = null, params string[] quirks) =>
        new()
        {
            Name = Pool,
            Kind = "openai",
            BaseUrl = baseUrl is null ? null : new Uri(baseUrl),
            Quirks = [.. quirks],
        };

    public static UpstreamCredential Credential(string key = "sk-1", string pool = Pool) =>
        new(pool, ImmutableDictionary<string, string>.Empty.Add("apiKey", key), ImmutableDictionary<string, string>.Empty);

    public static TurnRequest Turn { get; } =
        new()
        {
            ResponseId = "r1",
            ClientKeyId = "key-1",
            Route = "smart",
            Input = [MessageItem.Of(MessageRole.User, "Hi")],
            Timeout = TimeSpan.FromMinutes(5),
        };

    public static UpstreamCall Call(TurnRequest? turn = null, string model = "m", UpstreamCredential? credential = null) =>
        new(new Target(Pool, model), turn ?? Turn, (turn ?? Turn).Input, (turn ?? Turn).Sampling, credential ?? Credential());

    public static OpenAiUpstream Upstream(PoolDefinition pool, TimeProvider? time = null, OpenAiOptions? options = null) =>
        new(
            new OpenAiPool(pool),
            new CallLimits(options ?? new OpenAiOptions()),
            time ?? TimeProvider.System,
            NullLogger<OpenAiUpstream>.Instance,
            new OpenAiInstruments(new Meters()),
            new ReasoningSeal(new EphemeralVault())
        );

    /// <summary>The body of the request for a call.</summary>
    public static JsonElement Body(UpstreamCall call, params string[] quirks)
    {
        var body = new ArrayBufferWriter<byte>();
        ChatRequestWriter.Write(body, call, new OpenAiPool(Definition(null, quirks)));
        return JsonDocument.Parse(body.WrittenMemory).RootElement.Clone();
    }

    /// <summary>One field of the body of the request for a turn, as JSON; null when the body has no such field.</summary>
    public static string? Field(TurnRequest turn, string field, params string[] quirks) =>
        Body(Call(turn), quirks).TryGetProperty(field, out var value) ? value.GetRawText() : null;

    public static async Task<ReplyBody.Outcome> ReplyAsync(OpenAiUpstream upstream, UpstreamCall? call = null)
    {
        var events = new RecordedReply();
        await using var reply = await upstream.OpenAsync(call ?? Call(), TestDeadline.Token);
        while (await reply.ReadAsync(events, TestDeadline.Token)) { }

        return new ReplyBody.Outcome(events, reply.FinishReason, reply.Usage, null);
    }

    internal sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose() { }
    }
}
