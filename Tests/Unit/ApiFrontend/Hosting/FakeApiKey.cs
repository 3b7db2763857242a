using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>One client key's grain, whose answers the test sets.</summary>
internal sealed class FakeApiKey : IApiKeyGrain
{
    private int _reads;

    /// <summary>The answer to frontends; null for a key that does not exist.</summary>
    public ApiKeyAccess? Access { get; set; }

    /// <summary>The key as operators see it; null for a key that was not made.</summary>
    public ApiKeyInfo? Info { get; set; }

    /// <summary>The exception that is thrown instead of an answer.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the grain waits for before it answers; the answer is the one from before the wait.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>The answer for a valid key.</summary>
    public static ApiKeyAccess Good(string key, ApiKeyLimits? limits = null) =>
        new(1, ApiKeyToken.Hash(key), null, default, Enabled: true, Revoked: false, null, [], [], limits ?? ApiKeyLimits.None);

    public static ApiKeyInfo InfoOf(ApiKeySettings settings, DateTimeOffset? revokedAt) =>
        new("", settings, 1, default, default, null, null, revokedAt);

    public async ValueTask<ApiKeyAccess?> GetAccess()
    {
        Interlocked.Increment(ref _reads);
        var access = Access;
        await Gate;
        return Failure is null ? access : throw Failure;
    }

    public ValueTask<ApiKeyInfo?> Get() => new(Info);

    public ValueTask<ApiKeyChange> Create(ApiKeySettings settings, byte[] hash)
    {
        Info = InfoOf(settings, revokedAt: null);
        return new(new ApiKeyChange(ApiKeyChangeStatus.Done, Info));
    }

    public ValueTask<ApiKeyChange> Update(ApiKeySettings settings, long version)
    {
        Info = Info! with { Settings = settings };
        return new(new ApiKeyChange(ApiKeyChangeStatus.Done, Info));
    }

    public ValueTask<ApiKeyChange> Rotate(byte[] hash, TimeSpan grace) => throw new NotSupportedException();

    public ValueTask<ApiKeyChange> Revoke() => throw new NotSupportedException();
}
