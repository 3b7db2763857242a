using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Tests.Unit.Upstreams.OpenAi;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowGpt.Tests.Unit.Upstreams.Anthropic;

/// <summary>Makes pools, credentials and calls for tests.</summary>
internal static class AnthropicCalls
{
    public const string Pool = "claude";

    public static PoolDefinition Definition(string? baseUrl = null) =>
        new()
        {
            Name = Pool,
            Kind = "anthropic",
            BaseUrl = baseUrl is null ? null : new Uri(baseUrl),
        };

    public static UpstreamCredential Credential(string key = "sk-ant-1", string pool = Pool) =>
        new(pool, ImmutableDictionary<string, string>.Empty.Add("apiKey", key), ImmutableDictionary<string, string>.Empty);

    public static TurnRequest Turn(params Item[] input) =>
        new()
        {
            ResponseId = "r1",
            ClientKeyId = "key-1",
            Route = "smart",
            Input = [.. input],
            Timeout = TimeSpan.FromMinutes(5),
        };

    public static TurnRequest Ask(string question) => Turn(MessageItem.Of(MessageRole.User, question));

    /// <summary>A turn of a client of the same dialect.</summary>
    public static TurnRequest Native(this TurnRequest turn, string fields = "{}") =>
        turn with
        {
            Extensions = new RequestExtensions(DialectNames.AnthropicMessages, fields),
        };

    public static UpstreamCall Call(TurnRequest turn, string model = "sim-large", UpstreamCredential? credential = null) =>
        new(new Target(Pool, model), turn, turn.Input, turn.Sampling, credential ?? Credential());

    public static AnthropicUpstream Upstream(PoolDefinition pool) =>
        new(
            new AnthropicPool(pool),
            new CallLimits(new AnthropicOptions()),
            4096,
            TimeProvider.System,
            NullLogger<AnthropicUpstream>.Instance,
            new AnthropicInstruments(new OpenAiCalls.Meters()),
            Seal
        );

    /// <summary>Seals the reasoning that clients of other dialects get.</summary>
    public static ReasoningSeal Seal { get; } = new(new EphemeralVault());

    /// <summary>The body of the request for a turn.</summary>
    public static JsonObject Body(TurnRequest turn)
    {
        var body = new ArrayBufferWriter<byte>();
        using var native = NativeRequest.Of(turn.Extensions);
        MessagesRequestWriter.Write(body, Call(turn), native, 4096, Seal);
        return JsonNode.Parse(body.WrittenSpan)!.AsObject();
    }

    public static async Task<ReplyBody.Outcome> ReplyAsync(AnthropicUpstream upstream, UpstreamCall call)
    {
        var events = new RecordedReply();
        await using var reply = await upstream.OpenAsync(call, TestDeadline.Token);
        while (await reply.ReadAsync(events, TestDeadline.Token)) { }

        return new ReplyBody.Outcome(events, reply.FinishReason, reply.Usage, null);
    }
}
