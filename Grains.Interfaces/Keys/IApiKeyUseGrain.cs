namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>
/// Counts what one key with limits uses: reserve, then settle. Grain key: the key's public id. All calls interleave and each decides in one stretch, so
/// requests that come together never pass a limit together. What was granted is never forgotten: a process that dies leaves more counted than
/// was used, never less.
/// </summary>
[Alias("flowgpt.IApiKeyUseGrain")]
public interface IApiKeyUseGrain : IGrainWithStringKey
{
    /// <summary>
    /// Admits a request and reserves what it may use on the limits, says why not, or that it waits. Idempotent by request id while the request runs or waits; a
    /// request that waits already is answered after some time, or as soon as it is its turn.
    /// </summary>
    [Alias("reserve")]
    ValueTask<KeyReserveResult> Reserve(KeyReserveRequest request);

    /// <summary>
    /// Reserves more tokens for a reply that grows. Answers how many are reserved then in all, which may be fewer than asked for, or null when they cannot
    /// be noted at the moment: ask again. Idempotent.
    /// </summary>
    [Alias("top-up")]
    ValueTask<long?> TopUp(KeyTopUp topUp);

    /// <summary>Gives back what a request did not use, or the place of a request that waits. Idempotent; an unknown request changes nothing.</summary>
    [Alias("settle")]
    ValueTask Settle(KeySettlement settlement);

    /// <summary>What is in use now.</summary>
    [Alias("use")]
    ValueTask<KeyUse> GetUse();
}
