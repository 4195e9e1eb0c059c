import os,re,pathlib,pytest
from tests.pages import VISITS
out=pathlib.Path(os.environ['DUMP'])
@pytest.mark.parametrize('visit',VISITS,ids=lambda v:v.id)
def test_dump(db,logto,visit):
    out.mkdir(exist_ok=True,parents=True)
    with visit.on_its_site():
        client,path=visit.arrive(logto)
        html=visit.ask(client,path).content.decode()
    html=re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"','CSRF',html)
    html=re.sub(r'\s+',' ',html); html=re.sub(r'> <','>\n<',html); html=re.sub(r'> ','>',html); html=re.sub(r' <','<',html); html=html.replace('><','>\n<')
    (out/(visit.id.replace('/','_')+'.html')).write_text(html)
