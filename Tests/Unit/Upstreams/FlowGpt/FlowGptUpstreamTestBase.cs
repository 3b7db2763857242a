using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>A backend, a clock, and a client of it.</summary>
public abstract class FlowGptUpstreamTestBase : IAsyncLifetime
{
    // A JWT of {"id":"user-1","exp":1800000000}; nobody signed it.
    internal const string Token = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6InVzZXItMSIsImV4cCI6MTgwMDAwMDAwMH0.c2ln";

    private FlowGptUpstream? _upstream;

    protected StubBackend Backend { get; private set; } = null!;

    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    protected FlowGptOptions Options { get; } = new();

    /// <summary>Made at first use, so that a test may change <see cref="Options"/> before that.</summary>
    protected FlowGptUpstream Upstream => _upstream ??= new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(Options), Time);

    protected static CancellationToken Deadline => TestDeadline.Token;

    public async ValueTask InitializeAsync()
    {
        Backend = await StubBackend.StartAsync();
        Options.BaseUrl = Backend.Url;
    }

    public async ValueTask DisposeAsync()
    {
        _upstream?.Dispose();
        await Backend.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static Route Model { get; } =
        new(
            "gpt-4-free",
            [new Target("main", "prompt-1", 0, 1, ImmutableDictionary<string, string>.Empty.Add(FlowGptKind.ModelOption, "FlowGPT-Ares"))],
            "A persona",
            10_000,
            CleanResponsePrefix: true,
            0,
            "flowgpt"
        );

    internal static UpstreamCredential Credential { get; } =
        CredentialOf(Token, "device-1") with
        {
            ExtraHeaders = ImmutableDictionary<string, string>.Empty.Add("X-Account", "a1"),
        };

    internal static UpstreamCredential CredentialOf(string token, string device) =>
        new(
            "main",
            ImmutableDictionary<string, string>.Empty.Add(FlowGptCredential.BearerToken, token).Add(FlowGptCredential.DeviceId, device),
            ImmutableDictionary<string, string>.Empty
        );

    internal static UpstreamCall Call(params Item[] context) => TestCalls.Of(Model.Targets[0], Credential, context);

    /// <summary>The whole text of a reply.</summary>
    protected async Task<string> ReplyAsync(UpstreamCall? call = null)
    {
        await using var reply = await Upstream.OpenAsync(call ?? Call(), Deadline);
        return await ReadAllAsync(reply);
    }

    protected async Task<UpstreamException> FailureAsync(UpstreamCall? call = null) =>
        await Assert.ThrowsAsync<UpstreamException>(() => ReplyAsync(call));

    internal static async Task<string> ReadAllAsync(IUpstreamReply reply)
    {
        var events = await reply.ReadAllAsync(Deadline);
        Assert.Equal(new(EventKind.MessageStarted, 0, ""), events.All[0]);
        Assert.All(events.All[1..^1], one => Assert.Equal((EventKind.TextDelta, 0), (one.Kind, one.Item)));
        Assert.Equal(new(EventKind.ItemEnded, 0, ""), events.All[^1]);
        return events.Text;
    }
}
