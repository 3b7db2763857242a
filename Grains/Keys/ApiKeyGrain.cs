using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FlowGpt.Grains.Keys;

/// <summary>
/// Gives a key identity and storage; the rules are <see cref="ApiKeyRules"/>'. Its answers are what is stored: after a write that failed, or whose
/// outcome is unknown, it answers nothing more and ends, and the next activation reads what is there. A change that only takes rights away, such as a revocation, is in
/// force although it could not be written, so that a storage that is full keeps no key alive: this activation stays and repeats the write. Only if its silo is lost before that, the key is as it was.
/// </summary>
[GrainType("api-key")]
internal sealed partial class ApiKeyGrain : Grain, IApiKeyGrain
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private readonly IPersistentState<ApiKeyRecord> _stored;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeyGrain> _logger;
    private ApiKeyRecord _record = new();
    private ApiKeyAccess? _access;
    private Exception? _failure;
    private IGrainTimer? _repeat;

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

    public ValueTask<ApiKeyChange> Update(ApiKeySettings settings, long version)
    {
        var change = ApiKeyRules.Update(_record, settings, version, _time.GetUtcNow());
        return settings.OnlyTakeAwayFrom(_record.Settings) ? TakeAway(change) : Apply(change);
    }

    public ValueTask<ApiKeyChange> Rotate(byte[] hash, TimeSpan grace) =>
        Apply(ApiKeyRules.Rotate(_record, hash, grace, _time.GetUtcNow()));

    public ValueTask<ApiKeyChange> Revoke() => TakeAway(ApiKeyRules.Revoke(_record, _time.GetUtcNow()));

    private async ValueTask<ApiKeyChange> TakeAway((ApiKeyChangeStatus Status, ApiKeyRecord Record) change)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        if (!ReferenceEquals(change.Record, _record))
        {
            Take(change.Record);
            if (!await TryStore() && _repeat is null)
            {
                DelayDeactivation(KeptFor);
                _repeat = this.RegisterGrainTimer(
                    static grain => grain.RepeatStore(),
                    this,
                    new()
                    {
                        DueTime = Pause,
                        Period = Pause,
                        KeepAlive = true,
                    }
                );
            }
        }

        return new ApiKeyChange(change.Status, ApiKeyRules.Info(_record, Id, _time.GetUtcNow()));
    }

    private async Task RepeatStore()
    {
        if (await TryStore())
        {
            _repeat?.Dispose();
            _repeat = null;
            LogStored(Id);
        }
    }

    private async Task<bool> TryStore()
    {
        try
        {
            _stored.State = _record;
            await _stored.WriteStateAsync();
            return true;
        }
        catch (InconsistentStateException)
        {
            // An earlier write whose answer was lost, or a write of another activation: the next try is based on what is stored.
            return await TryReadBack();
        }
        catch (Exception exception)
        {
            LogNotStored(exception, Id);
            return false;
        }
    }

    private async Task<bool> TryReadBack()
    {
        try
        {
            await _stored.ReadStateAsync();
            Take(ApiKeyRules.Enforce(_stored.State, _record, _time.GetUtcNow()));
            return ReferenceEquals(_record, _stored.State);
        }
        catch (Exception exception)
        {
            LogNotStored(exception, Id);
            return false;
        }
    }

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
                var failure = new OrleansException($"The record of key {Id} could not be written.");
                if (_repeat is null)
                {
                    _failure = failure;
                    DeactivateOnIdle();
                }

                // With rights that were taken away and are not stored yet, this activation continues: another one would not know of them.
                throw failure;
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
