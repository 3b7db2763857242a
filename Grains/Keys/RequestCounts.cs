using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Keys;

/// <summary>Counts requests that cost work here, and nothing upstream.</summary>
internal static class RequestCounts
{
    /// <summary>Counts a request without tokens against the limits of its key. What the key said; nothing stays reserved.</summary>
    public static async ValueTask<HeldKeyUse> CountRequestAsync(this IKeyReservations keys, TurnRequest request)
    {
        var use = await keys.ReserveAsync(request with { Sampling = request.Sampling with { MaxOutputTokens = 0 } }, 0);
        await keys.SettleAsync(use, tokens: 0);
        return use;
    }
}
