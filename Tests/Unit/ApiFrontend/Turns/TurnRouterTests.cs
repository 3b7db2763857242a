using System.Net;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Turns;

/// <summary>The grain to which a request is sent, by its headers.</summary>
public sealed class TurnRouterTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public async Task Post_WithoutHeaders_IsAnUnstoredTurnOfItsOwn()
    {
        await using var host = await StartAsync();

        await PostAsync(host, Body);
        await PostAsync(host, Body);

        Assert.Equal(2, host.Grains.Conversations.Count);
        var turn = host.Grains.Conversations[0].Starts.Single();
        Assert.Equal(TurnLifetime.Attached, turn.Lifetime);
        Assert.False(turn.IsIdempotent);
        Assert.Equal("master", turn.ClientKeyId);
        Assert.Equal("gpt-4-free", turn.Route);
        Assert.InRange(turn.Timeout, TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task For_ManyTurns_UsesAHostAgain_UntilItsTimeIsOver()
    {
        var time = new FakeTimeProvider();
        var places = await RouterAsync(time);

        var first = Hosts(places, 1000);
        time.Advance(TurnRouter.HostFor - TimeSpan.FromTicks(1));
        Assert.Equal(first, Hosts(places, 1000));
        time.Advance(TimeSpan.FromTicks(1));
        var second = Hosts(places, 1000);

        Assert.InRange(first.Count, 64, 1000 / 2);
        Assert.Equal(first.Count, second.Count);
        Assert.Empty(first.Intersect(second));
    }

    [Fact]
    public async Task Abandon_AHost_OthersStay()
    {
        var time = new FakeTimeProvider();
        var places = await RouterAsync(time);
        var before = Hosts(places, 1000);
        var gone = places.For(Plan());

        places.Abandon(gone);
        places.Abandon(gone);

        var after = Hosts(places, 1000);
        Assert.Equal([gone.Grain], before.Except(after));
        Assert.Equal(before.Count, after.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_WithConversationId_IsAStoredTurnOfThatConversation(bool byHeader)
    {
        await using var host = await StartAsync();
        var body = byHeader ? Body : Body.Insert(1, "\"metadata\":{\"conversation_id\":\"my-chat.1\"},");

        using var response = await host.PostChatAsync(body, request => AddIf(request, byHeader, "X-Conversation-Id", "my-chat.1"));

        Assert.Equal("my-chat.1", response.Headers.GetValues("X-Conversation-Id").Single());
        var conversation = Assert.Single(host.Grains.Conversations);
        Assert.Equal("master/c/my-chat.1", conversation.Key);
        Assert.Equal(TurnLifetime.Stored, conversation.Starts[0].Lifetime);
        Assert.False(conversation.Starts[0].IsIdempotent);
    }

    [Theory]
    [InlineData("a/b", null, "X-Conversation-Id")]
    [InlineData("", null, "X-Conversation-Id")]
    [InlineData(null, "sp ace", "metadata.conversation_id")]
    [InlineData("one", "two", "metadata.conversation_id")]
    public async Task Post_BadConversationId_Is400(string? header, string? metadata, string param)
    {
        await using var host = await StartAsync();
        var body = metadata is null ? Body : Body.Insert(1, $$"""{"conversation_id":"{{metadata}}"},""").Insert(1, "\"metadata\":");

        using var response = await host.PostChatAsync(body, request => AddIf(request, header is not null, "X-Conversation-Id", header!));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ErrorBody.ReadAsync(response);
        Assert.Equal(("invalid_value", param), (error.Code, error.Param));
        Assert.Empty(host.Grains.Conversations);
    }

    [Fact]
    public async Task Post_SameIdempotencyKeyTwice_JoinsTheFirstResponse()
    {
        await using var host = await StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
        {
            conversation.OnStart = _ => new StartResult.Accepted("chatcmpl-first", ScriptedConversation.CreatedAt, 7);
            conversation.Completes("once").Completes("once");
        };

        var first = await PostAsync(host, Body, "a key with spaces");
        var second = await PostAsync(host, Body, "a key with spaces");

        var conversation = Assert.Single(host.Grains.Conversations);
        Assert.Matches("^master/i/[0-9a-f]{32}$", conversation.Key);
        Assert.All(conversation.Starts, turn => Assert.True(turn.IsIdempotent && turn.Lifetime == TurnLifetime.Attached));
        Assert.Equal(conversation.Starts[0].Fingerprint, conversation.Starts[1].Fingerprint);
        Assert.Equal(first, second);
        Assert.Contains("\"id\":\"chatcmpl-first\"", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SameIdempotencyKeyOtherBody_HasAnotherFingerprint()
    {
        await using var host = await StartAsync();

        await PostAsync(host, Body, "key");
        await PostAsync(host, Body.Replace("hi", "ho", StringComparison.Ordinal), "key");

        var turns = Assert.Single(host.Grains.Conversations).Starts;
        Assert.NotEqual(turns[0].Fingerprint, turns[1].Fingerprint);
    }

    [Fact]
    public async Task Post_StoredWithIdempotencyKey_StaysInItsConversation()
    {
        await using var host = await StartAsync();

        foreach (var key in (string[])["k1", "k2"])
        {
            using var response = await host.PostChatAsync(
                Body,
                request =>
                {
                    request.Headers.Add("Idempotency-Key", key);
                    request.Headers.Add("X-Conversation-Id", "c");
                }
            );
        }

        var turns = Assert.Single(host.Grains.Conversations).Starts;
        Assert.All(turns, turn => Assert.True(turn.Lifetime == TurnLifetime.Stored && turn.IsIdempotent));
        Assert.NotEqual(turns[0].Fingerprint, turns[1].Fingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public async Task Post_BadIdempotencyKey_Is400(string key)
    {
        await using var host = await StartAsync();

        using var response = await host.PostChatAsync(
            Body,
            request => AddIf(request, true, "Idempotency-Key", key == "long" ? new string('k', 256) : key)
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Idempotency-Key", (await ErrorBody.ReadAsync(response)).Param);
    }

    [Theory]
    [InlineData(null, null, AddressKind.Host)]
    [InlineData("my-chat.1", null, AddressKind.Conversation)]
    [InlineData(null, "key", AddressKind.Idempotent)]
    public async Task Post_OfAnyKind_HasAnIdThatNamesItsGrain(string? conversation, string? idempotencyKey, AddressKind kind)
    {
        await using var host = await StartAsync();

        using var response = await host.PostChatAsync(
            Body,
            request =>
            {
                AddIf(request, conversation is not null, "X-Conversation-Id", conversation!);
                AddIf(request, idempotencyKey is not null, "Idempotency-Key", idempotencyKey!);
            }
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var grain = Assert.Single(host.Grains.Conversations);
        Assert.True(host.Grains.AddressKeys.Codec.TryRead("chatcmpl-", grain.Starts.Single().ResponseId, "master", out var address));
        Assert.Equal((kind, grain.Key), (address.Kind, address.GrainKey));
    }

    [Fact]
    public async Task Post_WhileTheKeysOfIdsCannotBeRead_AsksForThemAgain()
    {
        await using var host = await StartAsync();
        host.Grains.AddressKeys.Failures = 2;

        await PostAsync(host, Body);

        Assert.True(host.Grains.AddressKeys.Failures < 0);
    }

    private static async Task<TurnRouter> RouterAsync(TimeProvider time)
    {
        var factory = new FakeGrains(time).Factory;
        var keys = new AddressKeyCache(factory, time, NullLogger<AddressKeyCache>.Instance);
        Assert.True(await keys.LoadAsync(TimeSpan.Zero, CancellationToken.None));
        return new TurnRouter(factory, keys, time);
    }

    private static HashSet<ITurnGrain> Hosts(TurnRouter places, int turns) =>
        [.. Enumerable.Range(0, turns).Select(_ => places.For(Plan()).Grain)];

    private static TurnPlan Plan() =>
        new()
        {
            ClientKeyId = "master",
            Route = "gpt-4-free",
            Content = new TurnContent { Input = [] },
            Fingerprint = new Digest(0, 1),
            Timeout = TimeSpan.FromMinutes(5),
            ResponseIdPrefix = "chatcmpl-",
        };

    private static async Task<FrontendHost> StartAsync()
    {
        var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("ok").Completes("ok");
        return host;
    }

    private static async Task<string> PostAsync(FrontendHost host, string body, string? idempotencyKey = null)
    {
        using var response = await host.PostChatAsync(
            body,
            request => AddIf(request, idempotencyKey is not null, "Idempotency-Key", idempotencyKey!)
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private static void AddIf(HttpRequestMessage request, bool wanted, string name, string value)
    {
        if (wanted)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }
    }
}
