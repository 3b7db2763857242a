using System.Net.Http.Headers;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Keys;

public sealed class KeyAuthenticationTests
{
    private const string Id = "0123456789abcdef";
    private static readonly string Key = ApiKeyToken.Format(Id, new byte[ApiKeyToken.SecretBytes]);

    public static TheoryData<string, ApiKeyAccess?, string> Refused { get; } =
        new()
        {
            { "unknown", null, "Incorrect API key" },
            { "another secret", FakeApiKey.Good(Key + "x"), "Incorrect API key" },
            { "revoked", FakeApiKey.Good(Key) with { Revoked = true }, "revoked" },
            { "disabled", FakeApiKey.Good(Key) with { Enabled = false }, "disabled" },
            { "expired", FakeApiKey.Good(Key) with { ExpiresAt = DateTimeOffset.UnixEpoch }, "expired" },
            { "replaced", FakeApiKey.Good("new") with { PreviousHash = ApiKeyToken.Hash(Key) }, "replaced" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Key_NotAccepted_Is401AndSaysWhyToItsHolderOnly(string why, ApiKeyAccess? access, string said)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Keys[Id] = new FakeApiKey { Access = access };

        using var response = await SendAsync(host, Key);

        var error = await ErrorBody.ReadAsync(response);
        Assert.True((int)response.StatusCode == 401, why);
        Assert.Equal("invalid_api_key", error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Good_IsServedAlsoWhileItsPredecessorIs()
    {
        await using var host = await FrontendHost.StartAsync();
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        var access = FakeApiKey.Good("new") with { PreviousHash = ApiKeyToken.Hash(Key), PreviousUntil = until };
        host.Grains.Keys[Id] = new FakeApiKey { Access = access };

        using var response = await SendAsync(host, Key);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Key_NobodyToAsk_Is503AndTheMasterKeyIsServed()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Keys[Id] = new FakeApiKey { Failure = new InvalidOperationException("gone") };

        using var refused = await SendAsync(host, Key);
        using var served = await SendAsync(host, FrontendHost.MasterKey);

        Assert.Equal((503, "key_check_unavailable"), ((int)refused.StatusCode, (await ErrorBody.ReadAsync(refused)).Code));
        Assert.Equal("true", refused.Headers.GetValues("x-should-retry").Single());
        Assert.Equal(200, (int)served.StatusCode);
    }

    [Fact]
    public async Task MasterKey_AndKeysOfNoForm_AskNobody()
    {
        await using var host = await FrontendHost.StartAsync();

        foreach (var key in (string[])[FrontendHost.MasterKey, "sk-anything", "sk-fgc-0123456789abcdef", Key + "0", Key.ToUpperInvariant()])
        {
            using var response = await SendAsync(host, key);
        }

        Assert.Empty(host.Grains.Keys);
    }

    [Fact]
    public async Task WrongKeys_OneTooMany_HoldsTheNextTryForItsPause()
    {
        var time = new FakeTimeProvider();
        await using var host = await StartAsync(time, TimeSpan.FromSeconds(0.5));
        var before = time.GetUtcNow();

        var held = SendAsync(host, "sk-wrong-0123456789");
        while (!held.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        using var response = await held;
        Assert.Equal(401, (int)response.StatusCode);
        Assert.True(time.GetUtcNow() - before >= TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task WrongKeys_OneTooManyForALongPause_AreRefusedAndNoRightKeyIs()
    {
        await using var host = await StartAsync(new FakeTimeProvider(), TimeSpan.FromSeconds(3));

        using var wrong = await SendAsync(host, "sk-wrong-0123456789");
        using var other = await SendAsync(host, FrontendHost.MasterKey);
        using var known = await SendAsync(host, Key);
        using var admin = await SendAsync(host, FrontendHost.AdminKey, "/admin/pools/main");
        using var wrongAdmin = await SendAsync(host, FrontendHost.AdminKey + "x", "/admin/pools/main");

        Assert.Equal((429, "too_many_wrong_keys"), ((int)wrong.StatusCode, (await ErrorBody.ReadAsync(wrong)).Code));
        Assert.Equal("3", wrong.Headers.GetValues("retry-after").Single());
        // Neither key was used from this address before the wrong keys came.
        Assert.Equal((200, 200, 200), ((int)other.StatusCode, (int)known.StatusCode, (int)admin.StatusCode));
        Assert.Equal(429, (int)wrongAdmin.StatusCode);
    }

    /// <summary>A frontend to which one wrong key too many has come.</summary>
    private static async Task<FrontendHost> StartAsync(TimeProvider time, TimeSpan pause)
    {
        var host = await FrontendHost.StartAsync(
            time: time,
            services: services => services.Configure<ClientKeyOptions>(options => options.WrongKeyPause = pause)
        );
        host.Grains.Keys[Id] = new FakeApiKey { Access = FakeApiKey.Good(Key) };
        for (var i = 0; i <= new ClientKeyOptions().FreeWrongKeys; i++)
        {
            using var wrong = await SendAsync(host, "sk-wrong-0123456789");
            Assert.Equal(401, (int)wrong.StatusCode);
        }

        return host;
    }

    private static Task<HttpResponseMessage> SendAsync(FrontendHost host, string key, string path = "/v1/models")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return host.NewClient().SendAsync(request, TestContext.Current.CancellationToken);
    }
}
