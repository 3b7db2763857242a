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
    private ImmutableArray<string> _pages = [];
    private int _next;

    /// <summary>Takes over what storage holds.</summary>
    /// <param name="head">The pool's record.</param>
    /// <param name="pages">Its pages, in its order.</param>
    /// <returns>The pool's record with all accounts.</returns>
    public PoolRecord Join(PoolRecord head, IReadOnlyList<PoolPage> pages)
    {
        _places = new(StringComparer.Ordinal);
        _pages = head.Pages.IsDefault ? [] : head.Pages;
        for (var i = 0; i < pages.Count; i++)
        {
            foreach (var account in pages[i].Accounts)
            {
                _places[account.Name] = new(account, _pages[i]);
            }
        }

        foreach (var account in head.Accounts)
        {
            _places[account.Name] = new(account, null);
        }

        return _pages.IsEmpty ? head : head with { Accounts = [.. _places.Values.Select(static place => place.Record)] };
    }

    /// <summary>Storage holds nothing any more.</summary>
    public void Forget() => (_places, _pages) = (new(StringComparer.Ordinal), []);

    /// <summary>What to write so that storage holds a record. Nothing is remembered of it before <see cref="Done"/>.</summary>
    public PageWrite Plan(PoolRecord record)
    {
        var places = new Dictionary<string, Place>(record.Accounts.Length, StringComparer.Ordinal);
        foreach (var account in record.Accounts)
        {
            places[account.Name] =
                _places.TryGetValue(account.Name, out var place) && ReferenceEquals(place.Record, account) ? place : new(account, null);
        }

        var live = _pages.ToDictionary(static page => page, static _ => 0L, StringComparer.Ordinal);
        foreach (var place in places.Values)
        {
            if (place.Page is { } page)
            {
                live[page] += Size(place.Record);
            }
        }

        // A page also ends when it holds an account that is there no more: nothing else would say so.
        var ending = _places
            .Where(one => one.Value.Page is not null && !places.ContainsKey(one.Key))
            .Select(static one => one.Value.Page!)
            .ToHashSet(StringComparer.Ordinal);
        ending.UnionWith(_pages.Where(page => live[page] == 0));
        if (_pages.Length > AlwaysKept && live.Values.Sum() * 2 < (long)_pages.Length * MostInPage)
        {
            ending.Add(_pages.MinBy(page => live[page])!);
        }

        var pages = _pages.Where(page => !ending.Contains(page)).ToList();
        foreach (var (name, place) in places.Where(one => one.Value.Page is { } page && ending.Contains(page)).ToArray())
        {
            places[name] = place with { Page = null };
        }

        var added = ImmutableArray.CreateBuilder<(string Id, PoolPage Page)>();
        var head = places.Values.Where(static place => place.Page is null).Select(static place => place.Record).ToArray();
        if (head.Sum(static account => (long)Size(account)) > MostInHead)
        {
            foreach (var some in Split(head))
            {
                var id = IdOf(_next + added.Count);
                added.Add((id, new() { Accounts = some }));
                pages.Add(id);
                foreach (var account in some)
                {
                    places[account.Name] = new(account, id);
                }
            }

            head = [];
        }

        return new(
            record with
            {
                Accounts = [.. head],
                Pages = [.. pages],
                NextPage = IdOf(_next + added.Count),
            },
            added.DrainToImmutable(),
            [.. _pages.Except(pages, StringComparer.Ordinal)],
            places
        );
    }

    /// <summary>A write has begun: ids of its pages are not used again, with any outcome of the write.</summary>
    public void Begun(PageWrite write) => _next += write.Added.Length;

    /// <summary>Storage holds what was planned.</summary>
    public void Done(PageWrite write) => (_places, _pages) = (write.Places, write.Head.Pages);

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

/// <summary>What one write of a pool consists of: new pages first, then the pool's record, then the pages that it no longer names are removed.</summary>
/// <param name="Head">The pool's record.</param>
/// <param name="Added">Pages to write before it.</param>
/// <param name="Gone">Pages to remove after it.</param>
/// <param name="Places">Where each account's record is then.</param>
internal sealed record PageWrite(
    PoolRecord Head,
    ImmutableArray<(string Id, PoolPage Page)> Added,
    ImmutableArray<string> Gone,
    Dictionary<string, PoolPages.Place> Places
);
