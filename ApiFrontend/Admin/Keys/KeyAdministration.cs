using System.Collections.Immutable;
using System.Security.Cryptography;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Members;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>
/// What operators do with keys, over their grains. Secrets are made here, so that they exist only in this process, in the answer that shows
/// them, and with their holders. Thread-safe.
/// </summary>
internal sealed class KeyAdministration
{
    private const int LookedAtOnce = 200;
    private const int MostLookedAt = 2000;

    private readonly IGrainFactory _grains;
    private readonly ApiKeyCache _cache;
    private readonly ModelCatalogCache _models;

    public KeyAdministration(IGrainFactory grains, ApiKeyCache cache, ModelCatalogCache models)
    {
        _grains = grains;
        _cache = cache;
        _models = models;
    }

    /// <summary>An id for a new key.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ApiKeyToken.IdBytes));

    /// <summary>Makes a key. No key when there are too many already.</summary>
    public Task<(ApiKeyInfo? Key, string Secret)> CreateAsync(ApiKeySettings settings) => CreateAsync(settings, NewId());

    /// <summary>Makes a key of a given id, which is new. No key when there are too many already.</summary>
    public async Task<(ApiKeyInfo? Key, string Secret)> CreateAsync(ApiKeySettings settings, string id)
    {
        if (!await _grains.GetGrain<IApiKeyDirectoryGrain>(IApiKeyDirectoryGrain.Key).Add(id))
        {
            return (null, "");
        }

        var secret = NewSecret(id);
        var made = await Grain(id).Create(settings, ApiKeyToken.Hash(secret));
        _cache.Forget(id);
        return (made.Info!, secret);
    }

    /// <summary>
    /// A page of the keys that match, and the id after which the next page begins. With a filter, at most <see cref="MostLookedAt"/> keys are looked at, so a page may
    /// have few keys, or none, and there is more all the same.
    /// </summary>
    public async Task<(List<ApiKeyInfo> Keys, string? Next, int Total)> ListAsync(
        string? after,
        int most,
        bool newestFirst,
        KeyFilter filter,
        DateTimeOffset now
    )
    {
        var directory = _grains.GetGrain<IApiKeyDirectoryGrain>(IApiKeyDirectoryGrain.Key);
        var keys = new List<ApiKeyInfo>();
        for (var looked = 0; ; )
        {
            var page = await directory.GetPage(after, filter.IsOpen ? most : LookedAtOnce, newestFirst);
            var found = await Task.WhenAll(page.Ids.Select(id => Grain(id).Get().AsTask()));
            for (var i = 0; i < found.Length; i++)
            {
                after = page.Ids[i];
                if (found[i] is { } key && filter.Matches(key, now))
                {
                    keys.Add(key);
                    if (keys.Count == most)
                    {
                        return (keys, page.HasMore || i < found.Length - 1 ? after : null, page.Total);
                    }
                }
            }

            looked += found.Length;
            if (!page.HasMore || looked >= MostLookedAt || filter.IsOpen)
            {
                return (keys, page.HasMore ? after : null, page.Total);
            }
        }
    }

    /// <summary>One key; null when there is none.</summary>
    public ValueTask<ApiKeyInfo?> FindAsync(string id) => ApiKeyToken.IsId(id) ? Grain(id).Get() : new((ApiKeyInfo?)null);

    /// <summary>What a key uses of its limits now; null when it has none.</summary>
    public async ValueTask<KeyUse?> UseOfAsync(ApiKeyInfo key) =>
        key.Settings.Limits.AreNone ? null : await _grains.GetGrain<IApiKeyUseGrain>(key.Id).GetUse();

    /// <summary>How many bytes of conversations and responses are stored for a key.</summary>
    public async ValueTask<long> StoredBytesOfAsync(ApiKeyInfo key) => (await _grains.GetGrain<IStoredBytesGrain>(key.Id).Get()).Bytes;

    public Task<ApiKeyChange> UpdateAsync(ApiKeyInfo key, ApiKeySettings settings) =>
        ChangeAsync(key.Id, grain => grain.Update(settings, key.Version));

    /// <summary>Gives a key a new secret.</summary>
    public async Task<(ApiKeyChange Change, string Secret)> RotateAsync(string id, TimeSpan grace)
    {
        var secret = NewSecret(id);
        return (await ChangeAsync(id, grain => grain.Rotate(ApiKeyToken.Hash(secret), grace)), secret);
    }

    /// <summary>Revokes a key, which is final; a person may then make another key.</summary>
    public async Task<ApiKeyChange> RevokeAsync(string id)
    {
        var before = await FindAsync(id);
        var change = await ChangeAsync(id, static grain => grain.Revoke());
        if (change.Status == ApiKeyChangeStatus.Done && before is { RevokedAt: null })
        {
            await NoteRevokedAsync(id);
        }

        if (change is { Status: ApiKeyChangeStatus.Done, Info.Settings.MemberId: { } member })
        {
            await _grains.GetGrain<IMemberGrain>(IMemberGrain.KeyOf(member)).Release(id);
        }

        return change;
    }

    /// <summary>Whether every model and pool that is named exists. Null when they do.</summary>
    public async ValueTask<ApiError?> CheckNamesAsync(ApiKeySettings settings, CancellationToken cancellationToken)
    {
        if (settings.AllowedModels.IsEmpty && settings.AllowedPools.IsEmpty)
        {
            return null;
        }

        if (await _models.GetAsync(cancellationToken) is not { } catalog)
        {
            return GatewayErrors.Interrupted;
        }

        var models = catalog.Models.Select(model => model.Entry.Id).ToArray();
        return CheckNames("allowedModels", "model", settings.AllowedModels, models)
            ?? CheckNames("allowedPools", "pool", settings.AllowedPools, [.. catalog.Pools.Order(StringComparer.Ordinal)]);
    }

    private static ApiError? CheckNames(string field, string kind, ImmutableArray<string> names, string[] known)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (!known.Contains(names[i]))
            {
                return RequestErrors.Invalid(
                    $"{field}[{i}]",
                    $"there is no {kind} '{RequestErrors.Shorten(names[i])}'. There are: {string.Join(", ", known)}."
                );
            }
        }

        return null;
    }

    /// <summary>Best effort: the key is revoked, and at worst it still counts as a key that is not.</summary>
    private async Task NoteRevokedAsync(string id)
    {
        try
        {
            await _grains.GetGrain<IApiKeyDirectoryGrain>(IApiKeyDirectoryGrain.Key).NoteRevoked(id);
        }
#pragma warning disable CA1031 // With any exception here, the revocation has succeeded.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing to do.
        }
    }

    private async Task<ApiKeyChange> ChangeAsync(string id, Func<IApiKeyGrain, ValueTask<ApiKeyChange>> change)
    {
        if (!ApiKeyToken.IsId(id))
        {
            return new ApiKeyChange(ApiKeyChangeStatus.NotFound, null);
        }

        try
        {
            return await change(Grain(id));
        }
        finally
        {
            // Also when it is not known whether the key was made.
            _cache.Forget(id);
        }
    }

    private IApiKeyGrain Grain(string id) => _grains.GetGrain<IApiKeyGrain>(id);

    private static string NewSecret(string id) => ApiKeyToken.Format(id, RandomNumberGenerator.GetBytes(ApiKeyToken.SecretBytes));
}
