using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// The keys of response ids. Asked for at the first use, then once a minute while there are turns, and when an id names a key that is not known here: another frontend
/// may have learnt of a new key earlier. Thread-safe.
/// </summary>
internal sealed partial class AddressKeyCache(IGrainFactory grains, TimeProvider time, ILogger<AddressKeyCache> logger)
{
    /// <summary>How old the keys may be.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    /// <summary>Ids with unknown keys, which any client can invent, cause a call for the keys no more often than this.</summary>
    public static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private volatile AddressCodec? _codec;
    private volatile TextSealer? _sealer;
    private Task _refresh = Task.CompletedTask;
    private long _asked;

    /// <summary>Makes ids. Only after <see cref="LoadAsync"/> has given true.</summary>
    public AddressCodec Codec => _codec ?? throw new InvalidOperationException("The keys of response ids are not there yet.");

    /// <summary>Seals and opens text that clients carry. Only after <see cref="LoadAsync"/> has given true.</summary>
    public TextSealer Sealer => _sealer ?? throw new InvalidOperationException("The keys of response ids are not there yet.");

    /// <summary>Opens a sealed text that a client sends back; null for a text that was not sealed here for this client, or while the keys are not there.</summary>
    public byte[]? Open(string sealedText, string clientKeyId) => _sealer?.Open(sealedText, clientKeyId);

    /// <summary>Whether the keys are there; asks the cluster for them, again and again for <paramref name="within"/>.</summary>
    public ValueTask<bool> LoadAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        if (_codec is null)
        {
            return new(AskAsync(within, cancellationToken));
        }

        if (time.GetElapsedTime(Volatile.Read(ref _asked)) >= FreshFor)
        {
            _ = RefreshAsync(FreshFor);
        }

        return new(true);
    }

    /// <summary>The address that an id stands for; null when no frontend minted the id for this client. <see cref="LoadAsync"/> has to have given true.</summary>
    /// <param name="prefix">What the id must start with.</param>
    /// <param name="id">The id.</param>
    /// <param name="clientKeyId">Who asks.</param>
    public async ValueTask<ResponseAddress?> ReadAsync(string prefix, string id, string clientKeyId)
    {
        if (Codec.IsOfUnknownKey(prefix, id))
        {
            await RefreshAsync(AskedAgainAfter);
        }

        return Codec.TryRead(prefix, id, clientKeyId, out var address) ? address : null;
    }

    /// <summary>Asks for the keys unless that was done a moment ago. One call at a time; never throws.</summary>
    private Task RefreshAsync(TimeSpan unlessWithin)
    {
        lock (_gate)
        {
            if (_refresh.IsCompleted && time.GetElapsedTime(_asked) >= unlessWithin)
            {
                Volatile.Write(ref _asked, time.GetTimestamp());
                _refresh = AskOnceAsync();
            }

            return _refresh;
        }
    }

    private async Task AskOnceAsync()
    {
        try
        {
            var known = await grains.GetGrain<IAddressKeyGrain>(IAddressKeyGrain.Key).Get();
            _sealer = new TextSealer(known);
            _codec = new AddressCodec(known);
        }
        catch (Exception exception)
        {
            LogNotThere(exception);
        }
    }

    private async Task<bool> AskAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        while (true)
        {
            try
            {
                Volatile.Write(ref _asked, time.GetTimestamp());
                var known = await grains.GetGrain<IAddressKeyGrain>(IAddressKeyGrain.Key).Get();
                _sealer = new TextSealer(known);
                _codec = new AddressCodec(known);
                return true;
            }
            catch (Exception exception) when (TransientFailures.IsOfACall(exception))
            {
                LogNotThere(exception);
                if (time.GetElapsedTime(asked) >= within)
                {
                    return false;
                }
            }

            await TransientFailures.DelayAsync(time, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 1205, Level = LogLevel.Warning, Message = "The keys of response ids could not be read; asking again")]
    private partial void LogNotThere(Exception exception);
}
