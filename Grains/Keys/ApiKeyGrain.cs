using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FlowGpt.Grains.Keys;

/// <summary>
/// Gives a key identity and storage; the rules are <see cref="ApiKeyRules"/>'. Its answers are what is stored: after a write that failed, or whose
/// outcome is unknown, it answers nothing more and ends, and the next activation reads what is there. Only a revocation is in force although it could not be written,
/// so that a storage that is full keeps no key alive: this activation stays and repeats the write. Only if its silo is lost before that, the key is as it was.
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

    public ValueTask<ApiKeyChange> Update(ApiKeySettings settings, long version) =>
        Apply(ApiKeyRules.Update(_record, settings, version, _time.GetUtcNow()));

    public ValueTask<ApiKeyChange> Rotate(byte[] hash, TimeSpan grace) =>
        Apply(ApiKeyRules.Rotate(_record, hash, grace, _time.GetUtcNow()));

    public async ValueTask<ApiKeyChange> Revoke()
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        var (status, record) = ApiKeyRules.Revoke(_record, _time.GetUtcNow());
        if (!ReferenceEquals(record, _record))
        {
            Take(record);
            if (!await TryStoreRevocation())
            {
                DelayDeactivation(KeptFor);
                _repeat = this.RegisterGrainTimer(
                    static grain => grain.RepeatRevocation(),
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

        return new ApiKeyChange(status, ApiKeyRules.Info(_record, Id, _time.GetUtcNow()));
    }

    private async Task RepeatRevocation()
    {
        if (await TryStoreRevocation())
        {
            _repeat?.Dispose();
            LogStored(Id);
        }
    }

    private async Task<bool> TryStoreRevocation()
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
            Take(ApiKeyRules.Revoke(_stored.State, _time.GetUtcNow()).Record);
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
