using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Keys;

/// <summary>
/// Gives a key identity and storage; the rules are <see cref="ApiKeyRules"/>'. What it tells is what is stored: after a write that failed, or whose
/// outcome nobody knows, it tells nothing more and ends, and the next activation reads what is there.
/// </summary>
[GrainType("api-key")]
internal sealed partial class ApiKeyGrain : Grain, IApiKeyGrain
{
    private readonly IPersistentState<ApiKeyRecord> _stored;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeyGrain> _logger;
    private ApiKeyRecord _record = new();
    private ApiKeyAccess? _access;
    private Exception? _failure;

    public ApiKeyGrain([PersistentState("api-key")] IPersistentState<ApiKeyRecord> stored, TimeProvider time, ILogger<ApiKeyGrain> logger)
    {
        _stored = stored;
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Take(_stored.State);
        return Task.CompletedTask;
    }

    public ValueTask<ApiKeyAccess?> GetAccess()
    {
        if (_failure is not null)
        {
            return ValueTask.FromException<ApiKeyAccess?>(_failure);
        }

        if (_access is null)
        {
            // Guessed ids must not fill the memory.
            DeactivateOnIdle();
        }

        return new(_access);
    }

    public ValueTask<ApiKeyInfo?> Get() =>
        _failure is null ? new(ApiKeyRules.Info(_record, Id, _time.GetUtcNow())) : ValueTask.FromException<ApiKeyInfo?>(_failure);

    public ValueTask<ApiKeyChange> Create(ApiKeySettings settings, byte[] hash) =>
        Apply(ApiKeyRules.Create(_record, settings, hash, _time.GetUtcNow()));

    public ValueTask<ApiKeyChange> Update(ApiKeySettings settings, long version) =>
        Apply(ApiKeyRules.Update(_record, settings, version, _time.GetUtcNow()));

    public ValueTask<ApiKeyChange> Rotate(byte[] hash, TimeSpan grace) =>
        Apply(ApiKeyRules.Rotate(_record, hash, grace, _time.GetUtcNow()));

    public ValueTask<ApiKeyChange> Revoke() => Apply(ApiKeyRules.Revoke(_record, _time.GetUtcNow()));

    private string Id => this.GetPrimaryKeyString();

    private async ValueTask<ApiKeyChange> Apply((ApiKeyChangeStatus Status, ApiKeyRecord Record) change)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        if (!ReferenceEquals(change.Record, _record))
        {
            try
            {
                _stored.State = change.Record;
                await _stored.WriteStateAsync();
            }
            catch (Exception exception)
            {
                LogWriteFailed(exception, Id);
                _failure = new OrleansException($"The record of key {Id} could not be written.");
                DeactivateOnIdle();
                throw _failure;
            }

            Take(change.Record);
        }

        return new ApiKeyChange(change.Status, ApiKeyRules.Info(_record, Id, _time.GetUtcNow()));
    }

    private void Take(ApiKeyRecord record)
    {
        _record = record;
        _access = ApiKeyRules.Access(record);
    }
}
