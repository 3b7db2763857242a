using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Chat;
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

    /// <summary>Made on first use, so that a test may change <see cref="Options"/> before.</summary>
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
        new("gpt-4-free", "flowgpt", "main", "prompt-1", "FlowGPT-Ares", "A persona", 10_000, CleanResponsePrefix: true, 0, "flowgpt");

    internal static UpstreamCredential Credential { get; } =
        new(Token, "device-1", ImmutableDictionary<string, string>.Empty.Add("X-Account", "a1"));

    internal static UpstreamRequest Request(params ChatMessage[] messages) =>
        new(
            Model,
            messages.Length > 0 ? messages : [new ChatMessage(ChatRole.User, "Hi")],
            GenerationOptions.Default,
            Credential,
            UpstreamConversationId: null
        );

    /// <summary>The whole text of a reply.</summary>
    protected async Task<string> ReplyAsync(UpstreamRequest? request = null)
    {
        await using var reply = await Upstream.OpenAsync(request ?? Request(), Deadline);
        return await ReadAllAsync(reply);
    }

    protected async Task<UpstreamException> FailureAsync(UpstreamRequest? request = null) =>
        await Assert.ThrowsAsync<UpstreamException>(() => ReplyAsync(request));

    internal static async Task<string> ReadAllAsync(IUpstreamReply reply)
    {
        var text = new ArrayBufferWriter<byte>();
        while (true)
        {
            var before = text.WrittenCount;
            if (!await reply.ReadAsync(text, Deadline))
            {
                Assert.Equal(before, text.WrittenCount);
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text.WrittenSpan);
            }

            Assert.NotEqual(before, text.WrittenCount);
        }
    }
}
