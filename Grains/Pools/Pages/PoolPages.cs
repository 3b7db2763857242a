using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools.Pages;

/// <summary>
/// Where storage holds each account's record of a pool: in the pool's own record, as long as it is small, else in pages. What changed goes into the pool's record
/// first; when that is full, all that it holds moves into pages. A page of which little is still right gives the rest back, one page a write, so that there are
/// never many more pages than accounts fill. Pure.
/// </summary>
/// <param name="run">Makes the pages' ids different from those of every other activation.</param>
internal sealed class PoolPages(string run)
{
    /// <summary>Estimated bytes of accounts in the pool's own record.</summary>
    public const int MostInHead = 256 * 1024;

    /// <summary>Estimated bytes of a page.</summary>
    public const int MostInPage = 128 * 1024;

    private const int AlwaysKept = 4;

    private Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private Dictionary<string, AccountRecord> _inHead = new(StringComparer.Ordinal);
    private Dictionary<string, long> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _names = new(StringComparer.Ordinal);
    private ImmutableArray<AccountRecord> _written = [];
    private ImmutableArray<string> _pages = [];
    private int _next;

    /// <summary>Takes over what storage holds.</summary>
    /// <param name="head">The pool's record.</param>
    /// <param name="pages">Its pages, in its order.</param>
    /// <returns>The pool's record with all accounts.</returns>
    public PoolRecord Join(PoolRecord head, IReadOnlyList<PoolPage> pages)
    {
        _places = new(StringComparer.Ordinal);
        _names.Clear();
        _pages = head.Pages.IsDefault ? [] : head.Pages;
        for (var i = 0; i < pages.Count; i++)
        {
            _names[_pages[i]] = NamesOf(pages[i]);
            foreach (var account in pages[i].Accounts)
            {
                _places[account.Name] = new(account, _pages[i]);
            }
        }

        foreach (var account in head.Accounts)
        {
            _places[account.Name] = new(account, null);
        }

        _written = [.. _places.Values.Select(static place => place.Record)];
        _inHead = _places
            .Where(static one => one.Value.Page is null)
            .ToDictionary(static one => one.Key, static one => one.Value.Record, StringComparer.Ordinal);
        _live = LiveBytes(_places, _pages);
        return _pages.IsEmpty ? head : head with { Accounts = _written };
    }

    /// <summary>Storage holds nothing any more.</summary>
    public void Forget() => Join(new(), []);

    /// <summary>
    /// What to write so that storage holds a record. Nothing is remembered of it before <see cref="Done"/>. Where accounts were changed or added and none was removed,
    /// the cost is that of those accounts and one comparison of references for each other one.
    /// </summary>
    public PageWrite Plan(PoolRecord record)
    {
        var write = new Draft { Live = new(_live, StringComparer.Ordinal) };
        if (ChangesTo(record.Accounts) is { } changes)
        {
            write.InHead = new(_inHead, StringComparer.Ordinal);
            foreach (var account in changes)
            {
                write.Move(account, null, _places.GetValueOrDefault(account.Name));
            }
        }
        else
        {
            Replace(record.Accounts, write);
        }

        write.Ending.UnionWith(_pages.Where(page => write.Live[page] == 0));
        if (_pages.Length > AlwaysKept && write.Live.Values.Sum() * 2 < (long)_pages.Length * MostInPage)
        {
            write.Ending.Add(_pages.MinBy(page => write.Live[page])!);
        }

        TakeOut(write);
        var pages = _pages.Where(page => !write.Ending.Contains(page)).ToList();
        var added = ImmutableArray.CreateBuilder<(string Id, PoolPage Page)>();
        if (write.InHead.Values.Sum(static account => (long)Size(account)) > MostInHead)
        {
            foreach (var some in Split([.. write.InHead.Values]))
            {
                var id = IdOf(_next + added.Count);
                added.Add((id, new() { Accounts = some }));
                pages.Add(id);
                foreach (var account in some)
                {
                    write.Move(account, id, default);
                }
            }
        }

        return new(
            record with
            {
                Accounts = [.. write.InHead.Values],
                Pages = [.. pages],
                NextPage = IdOf(_next + added.Count),
            },
            added.DrainToImmutable(),
            [.. _pages.Except(pages, StringComparer.Ordinal)],
            record.Accounts,
            write
        );
    }

    /// <summary>A write has begun: ids of its pages are not used again, with any outcome of the write.</summary>
    public void Begun(PageWrite write) => _next += write.Added.Length;

    /// <summary>Storage holds what was planned.</summary>
    public void Done(PageWrite write)
    {
        if (write.Draft.IsWhole)
        {
            _places = new(write.Draft.Places, StringComparer.Ordinal);
        }
        else
        {
            foreach (var (name, place) in write.Draft.Places)
            {
                _places[name] = place;
            }
        }

        (_inHead, _live, _pages) = (write.Draft.InHead, write.Draft.Live, write.Head.Pages);
        foreach (var gone in write.Gone)
        {
            _live.Remove(gone);
            _names.Remove(gone);
        }

        foreach (var (id, page) in write.Added)
        {
            _names[id] = NamesOf(page);
        }

        // With a name that is there twice the order does not tell which of the records is in force.
        _written = write.All.Length == _places.Count ? write.All : default;
    }

    /// <summary>What differs from the record before; null when that is more than accounts that were changed or added.</summary>
    private List<AccountRecord>? ChangesTo(ImmutableArray<AccountRecord> accounts)
    {
        if (_written.IsDefault)
        {
            return null;
        }

        var changes = new List<AccountRecord>();
        var next = 0;
        foreach (var account in accounts)
        {
            var before = next < _written.Length ? _written[next] : null;
            if (ReferenceEquals(account, before))
            {
                next++;
            }
            else if (before?.Name == account.Name)
            {
                changes.Add(account);
                next++;
            }
            else if (!_places.ContainsKey(account.Name))
            {
                changes.Add(account);
            }
            else
            {
                return null;
            }
        }

        return next == _written.Length ? changes : null;
    }

    /// <summary>Plans all accounts again: the order has changed, or some were removed.</summary>
    private void Replace(ImmutableArray<AccountRecord> accounts, Draft write)
    {
        write.IsWhole = true;
        foreach (var account in accounts)
        {
            write.Places[account.Name] =
                _places.TryGetValue(account.Name, out var place) && ReferenceEquals(place.Record, account) ? place : new(account, null);
        }

        foreach (var (name, place) in write.Places)
        {
            if (place.Page is null)
            {
                write.InHead[name] = place.Record;
            }
        }

        write.Live = LiveBytes(write.Places, _pages);

        // A page also ends when it holds an account that is there no more, were it an old record of the account: nothing else would say so.
        write.Ending.UnionWith(_pages.Where(page => Array.Exists(_names[page], name => !write.Places.ContainsKey(name))));
    }

    private static string[] NamesOf(PoolPage page) => [.. page.Accounts.Select(static account => account.Name)];

    /// <summary>Takes what is still right out of the pages that end.</summary>
    private void TakeOut(Draft write)
    {
        if (!write.Ending.Any(page => write.Live[page] > 0))
        {
            return;
        }

        foreach (
            var (name, place) in write.IsWhole ? write.Places.ToArray() : [.. _places.Where(one => !write.Places.ContainsKey(one.Key))]
        )
        {
            if (place.Page is { } page && write.Ending.Contains(page))
            {
                write.Move(place.Record, null, place);
            }
        }
    }

    private static Dictionary<string, long> LiveBytes(Dictionary<string, Place> places, ImmutableArray<string> pages)
    {
        var live = pages.ToDictionary(static page => page, static _ => 0L, StringComparer.Ordinal);
        foreach (var place in places.Values)
        {
            if (place.Page is { } page)
            {
                live[page] += Size(place.Record);
            }
        }

        return live;
    }

    private string IdOf(int number) => $"{run}-{number}";

    private static IEnumerable<ImmutableArray<AccountRecord>> Split(AccountRecord[] accounts)
    {
        var page = ImmutableArray.CreateBuilder<AccountRecord>();
        var size = 0L;
        foreach (var account in accounts)
        {
            if (size > 0 && size + Size(account) > MostInPage)
            {
                yield return page.DrainToImmutable();
                size = 0;
            }

            page.Add(account);
            size += Size(account);
        }

        yield return page.DrainToImmutable();
    }

    /// <summary>About the bytes of an account's record as JSON; never much less.</summary>
    internal static int Size(AccountRecord account)
    {
        var size = 700 + ((account.Name.Length + (account.UpstreamId?.Length ?? 0)) * 6);
        foreach (var (name, value) in account.Generated)
        {
            size += (name.Length + value.Length) * 6;
        }

        foreach (var window in account.Windows)
        {
            size += 60 + (window.Uses.Length * 14);
        }

        return size;
    }

    /// <param name="Record">The account's record.</param>
    /// <param name="Page">The page that holds it; null for the pool's own record.</param>
    internal readonly record struct Place(AccountRecord Record, string? Page);
}
