using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Dashboard.Accounts;

/// <summary>Each account's requests in each of the last 24 hours; read again once a minute, or for other accounts.</summary>
internal sealed class AccountDays(AdminClient admin, TimeProvider time)
{
    private const int Hours = 24;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private string[] _accounts = [];
    private DateTimeOffset _readAt;
    private IReadOnlyDictionary<string, double[]> _days = new Dictionary<string, double[]>();

    /// <summary>By account; accounts without requests are left out. When the gateway does not answer, the figures that were read before.</summary>
    public async Task<IReadOnlyDictionary<string, double[]>> ReadAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        string[] accounts = [.. names];
        var now = time.GetUtcNow();
        if (accounts.Length == 0 || (now - _readAt < Fresh && accounts.SequenceEqual(_accounts)))
        {
            return _days;
        }

        try
        {
            var usage = await admin.Usage.GetAsync(
                new()
                {
                    Start = now.AddHours(1 - Hours),
                    BucketWidth = "1h",
                    GroupBy = ["account"],
                    Accounts = accounts,
                    Limit = Hours,
                },
                cancellationToken
            );
            var days = new Dictionary<string, double[]>();
            for (var hour = 0; hour < usage.Data.Count; hour++)
            {
                foreach (var sum in usage.Data[hour].Results)
                {
                    if (!days.TryGetValue(sum.Account ?? "", out var day))
                    {
                        days[sum.Account ?? ""] = day = new double[usage.Data.Count];
                    }

                    day[hour] = sum.Requests;
                }
            }

            (_accounts, _readAt, _days) = (accounts, now, days);
        }
        catch (AdminException)
        {
            // The accounts are shown without these figures.
        }

        return _days;
    }
}
