using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>The keys of response ids, asked for once and then kept: they only grow. Thread-safe.</summary>
internal sealed partial class AddressKeyCache(IGrainFactory grains, TimeProvider time, ILogger<AddressKeyCache> logger)
{
    private volatile AddressCodec? _codec;

    /// <summary>Makes and reads ids. Only after <see cref="LoadAsync"/> has given true.</summary>
    public AddressCodec Codec => _codec ?? throw new InvalidOperationException("The keys of response ids are not there yet.");

    /// <summary>Whether the keys are there; asks the cluster for them, again and again for <paramref name="within"/>.</summary>
    public ValueTask<bool> LoadAsync(TimeSpan within, CancellationToken cancellationToken) =>
        _codec is null ? new(AskAsync(within, cancellationToken)) : new(true);

    private async Task<bool> AskAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        while (true)
        {
            try
            {
                _codec = new AddressCodec(await grains.GetGrain<IAddressKeyGrain>(IAddressKeyGrain.Key).Get());
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
