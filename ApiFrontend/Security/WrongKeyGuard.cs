using System.Net;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Keys;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// Slows down an address that guesses keys: after some wrong keys its refusals are delayed, then carry the time to try again. Every key is checked
/// before, so a right key is never held up, from any address. Each frontend counts for itself. Thread-safe.
/// </summary>
internal sealed partial class WrongKeyGuard(TimeProvider time, IOptions<ClientKeyOptions> keys, ILogger<WrongKeyGuard> logger)
{
    private const int MostAddresses = 10_000;

    /// <summary>
    /// The longest that a refusal is held back. Refusals of one address are held back one after the other, so this also bounds how many are at one time.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly ILogger<WrongKeyGuard> _logger = logger;
    private readonly WrongKeyTable<IPAddress> _wrong = new(keys.Value.FreeWrongKeys, keys.Value.WrongKeyPause, MostAddresses);
    private readonly Lock _lock = new();

    /// <summary>What a refused request is answered; returns when the answer may be sent.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why the request's key was refused. Other reasons than a wrong key pass at once.</param>
    public async ValueTask<ApiError> AnswerAsync(HttpContext context, ApiError refusal)
    {
        if (refusal.Code != KeyErrors.InvalidKey)
        {
            return refusal;
        }

        var address = ClientAddress.NetworkOf(context);
        var wait = Enter(address);
        if (wait > LongestWait)
        {
            return KeyErrors.TooManyWrong(wait);
        }

        LogWrongKey(address);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, context.RequestAborted);
        }

        return refusal;
    }

    private TimeSpan Enter(IPAddress address)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var wait = _wrong.Enter(address, now, LongestWait);
            if (wait <= LongestWait)
            {
                _wrong.Wrong(address, now);
            }

            return wait;
        }
    }

    [LoggerMessage(EventId = 1303, Level = LogLevel.Warning, Message = "A wrong key came from {Address}")]
    private partial void LogWrongKey(IPAddress address);
}
